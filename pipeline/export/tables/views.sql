/* The views of the DuckDB file. The comment before each goes into the file and into docs/tables.md.

   Totals follow three rules: amounts of different currencies are never added; a commitment counts once (the shares of one
   that stands in several rows add up to 1); what AidData leaves out of totals has rows of its own. */

-- One row per commitment of an article, with the article. Denied commitments and boilerplate are left out, and so are near-duplicates of an
-- article: a wire story in ten outlets is one row. lasting_id: that of `corridor resolve`, null without it.
CREATE VIEW told AS
SELECT c.*, l.lasting_id, a.title, a.date, year(a.date) AS year, a.source, a.story
FROM commitments c JOIN articles a USING (article) LEFT JOIN links l ON l.key = c.commitment
WHERE NOT c.negated AND NOT coalesce(c.boilerplate, false)
  AND CASE WHEN l.key IS NOT NULL THEN NOT l.copy
      ELSE a.story IS NULL OR a.story = a.article OR NOT EXISTS (SELECT 1 FROM articles f WHERE f.article = a.story) END;

-- The same with each commitment once across articles, if `--knowledge` links them: the report named in
-- lasting_commitments.counted_as, with the status and the recommendation for totals of lasting_commitments. Without
-- `--knowledge` two stories count twice.
CREATE VIEW counted AS
SELECT t.* REPLACE (
         coalesce(k.status, t.status) AS status, coalesce(k.aiddata_stage, t.aiddata_stage) AS aiddata_stage,
         coalesce(k.recommended_for_aggregates, t.recommended_for_aggregates) AS recommended_for_aggregates,
         coalesce(k.because, t.because) AS because)
FROM told t LEFT JOIN lasting_commitments k ON k.lasting_commitment = t.lasting_id
WHERE k.counted_as IS NULL OR k.counted_as = t.commitment;

-- One row per commitment and currency: the sum of its amounts. Amounts without a value or with an unknown currency are left out.
CREATE VIEW sums AS
SELECT commitment, currency, sum(value) AS amount FROM amounts
WHERE value IS NOT NULL AND currency IS NOT NULL GROUP BY ALL;

-- One row per counted commitment and currency, with its sum. currencies: in how many currencies it has amounts; 1 if it has no
-- amount (currency and amount are then null).
CREATE VIEW counted_money AS
SELECT c.*, s.currency, s.amount, count(*) OVER (PARTITION BY c.commitment) AS currencies
FROM counted c LEFT JOIN sums s USING (commitment);

-- Commitments and money by recipient country, kind, currency, and whether totals should include them (`because` in counted gives
-- the reason). Do not add money of different kinds: a contract is often paid from a loan that counts too. A commitment to two
-- countries is in both rows: commitments counts it in each; share and amount are split evenly, so they can be added. A null
-- country is not known.
CREATE VIEW commitments_by_country AS
WITH places AS (
  SELECT commitment, country, 1 / count(*) OVER (PARTITION BY commitment) AS part FROM commitment_countries)
SELECT country, kind, recommended_for_aggregates, currency, count(*) AS commitments,
       sum(coalesce(part, 1) / currencies) AS share, sum(amount * coalesce(part, 1)) AS amount
FROM counted_money LEFT JOIN places USING (commitment) GROUP BY ALL ORDER BY ALL;

-- The same by OECD DAC sector category. label is null if no article or project of the tables has the sector.
CREATE VIEW commitments_by_sector AS
WITH labels AS (
  SELECT sector, min(label) AS label
  FROM (SELECT sector, label FROM article_sectors UNION ALL SELECT sector, label FROM project_sectors) GROUP BY sector),
parts AS (
  SELECT commitment, sector, 1 / count(*) OVER (PARTITION BY commitment) AS part FROM commitment_sectors)
SELECT sector, label, kind, recommended_for_aggregates, currency, count(*) AS commitments,
       sum(coalesce(part, 1) / currencies) AS share, sum(amount * coalesce(part, 1)) AS amount
FROM counted_money LEFT JOIN parts USING (commitment) LEFT JOIN labels USING (sector) GROUP BY ALL ORDER BY ALL;

-- The same by the year of the article.
CREATE VIEW commitments_by_year AS
SELECT year, kind, recommended_for_aggregates, currency, count(*) AS commitments, sum(1 / currencies) AS share,
       sum(amount) AS amount
FROM counted_money GROUP BY ALL ORDER BY ALL;

-- The same by status, with AidData's stage.
CREATE VIEW commitments_by_status AS
SELECT status, aiddata_stage, kind, recommended_for_aggregates, currency, count(*) AS commitments, sum(1 / currencies) AS share,
       sum(amount) AS amount
FROM counted_money GROUP BY ALL ORDER BY ALL;

-- The history of each project: one row per project, report and currency, in the order of the articles' days. Projects are joined
-- by lasting id; without `--knowledge` by their names in lower case.
CREATE VIEW project_timelines AS
SELECT lower(coalesce(k.name, p.name)) AS project_name, p.name, t.date, t.status, t.kind, s.amount, s.currency,
       t.recommended_for_aggregates, t.source, t.quote, t.title, t.article, t.commitment, p.project, k.lasting_project
FROM told t LEFT JOIN sums s USING (commitment) JOIN commitment_projects USING (commitment) JOIN projects p USING (project)
LEFT JOIN links l ON l.key = p.project LEFT JOIN lasting_projects k ON k.lasting_project = l.lasting_id
ORDER BY project_name, t.date, t.article, t.commitment, s.currency;

-- Who commits to whom: one row per pair of actors (by, to), kind, currency, and whether totals should include it. Actors are joined
-- by lasting id; without `--knowledge` by name, kind and country. A commitment with several pairs is in each row: commitments
-- counts it in each; share and amount are split evenly, so they can be added. Without a receiver to_name is null.
CREATE VIEW actor_network AS
WITH parties AS (
  SELECT DISTINCT p.commitment, p.role, coalesce(k.name, a.name) AS name, coalesce(k.kind, a.kind) AS kind,
         CASE WHEN k.lasting_actor IS NULL THEN a.country ELSE k.country END AS country, k.lasting_actor
  FROM commitment_parties p JOIN actors a USING (actor)
  LEFT JOIN links l ON l.key = a.actor LEFT JOIN lasting_actors k ON k.lasting_actor = l.lasting_id),
givers AS (SELECT * FROM parties WHERE role = 'by'),
takers AS (SELECT * FROM parties WHERE role = 'to'),
pairs AS (
  SELECT m.*, g.name AS by_name, g.kind AS by_kind, g.country AS by_country, g.lasting_actor AS by_actor,
         t.name AS to_name, t.kind AS to_kind, t.country AS to_country, t.lasting_actor AS to_actor,
         1 / count(*) OVER (PARTITION BY m.commitment, m.currency) AS part
  FROM counted_money m JOIN givers g USING (commitment) LEFT JOIN takers t USING (commitment))
SELECT by_name, by_kind, by_country, by_actor, to_name, to_kind, to_country, to_actor, kind, recommended_for_aggregates, currency,
       count(DISTINCT commitment) AS commitments, sum(part / currencies) AS share, sum(amount * part) AS amount
FROM pairs GROUP BY ALL ORDER BY ALL;
