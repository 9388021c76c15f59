/* The views of the DuckDB file. The comment before each goes into the file and into docs/tables.md.

   Totals keep to three rules: amounts of different currencies are never added, a commitment counts once (shares of one
   that stands in several rows add up to 1), and what AidData leaves out of totals is told apart. */

-- A row a commitment as an article tells it, with its article: not negated, and told by the first article of its story, so that
-- a wire story in ten outlets is one row. lasting_id: that of `corridor resolve`, null without it.
CREATE VIEW told AS
SELECT c.*, l.lasting_id, a.title, a.date, year(a.date) AS year, a.source, a.story
FROM commitments c JOIN articles a USING (article) LEFT JOIN links l ON l.key = c.commitment
WHERE NOT c.negated
  AND CASE WHEN l.key IS NOT NULL THEN NOT l.copy
      ELSE a.story IS NULL OR a.story = a.article OR NOT EXISTS (SELECT 1 FROM articles f WHERE f.article = a.story) END;

-- The same, each commitment once over all articles that tell it, where `--knowledge` says which these are: by the telling that
-- lasting_commitments counts it as, with the status, and the advice for totals, of all of them. Without it two stories count twice.
CREATE VIEW counted AS
SELECT t.* REPLACE (
         coalesce(k.status, t.status) AS status, coalesce(k.aiddata_stage, t.aiddata_stage) AS aiddata_stage,
         coalesce(k.recommended_for_aggregates, t.recommended_for_aggregates) AS recommended_for_aggregates,
         coalesce(k.because, t.because) AS because)
FROM told t LEFT JOIN lasting_commitments k ON k.lasting_commitment = t.lasting_id
WHERE k.counted_as IS NULL OR k.counted_as = t.commitment;

-- The sum of the amounts of a commitment in a currency a row. Amounts without a value or with an unknown currency are left out.
CREATE VIEW sums AS
SELECT commitment, currency, sum(value) AS amount FROM amounts
WHERE value IS NOT NULL AND currency IS NOT NULL GROUP BY ALL;

-- A row a counted commitment and currency, with its sum. currencies: how many it has amounts in, 1 where it has none (then currency
-- and amount are null).
CREATE VIEW counted_money AS
SELECT c.*, s.currency, s.amount, count(*) OVER (PARTITION BY c.commitment) AS currencies
FROM counted c LEFT JOIN sums s USING (commitment);

-- Commitments and money by recipient country, kind, currency, and whether AidData recommends them for totals (finance that is
-- agreed, underway or completed, told once) or not (`because` in counted says why not). Money of different kinds should not be added:
-- a contract is often paid from a loan that counts too. A commitment to two countries stands in both rows: commitments counts it in
-- each, share and amount are split evenly, so that they can be added. A null country is not known.
CREATE VIEW commitments_by_country AS
WITH places AS (
  SELECT commitment, country, 1 / count(*) OVER (PARTITION BY commitment) AS part FROM commitment_countries)
SELECT country, kind, recommended_for_aggregates, currency, count(*) AS commitments,
       sum(coalesce(part, 1) / currencies) AS share, sum(amount * coalesce(part, 1)) AS amount
FROM counted_money LEFT JOIN places USING (commitment) GROUP BY ALL ORDER BY ALL;

-- The same by OECD DAC sector category; label where an article or a project of the tables names it.
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

-- The same by status, with the stage of AidData.
CREATE VIEW commitments_by_status AS
SELECT status, aiddata_stage, kind, recommended_for_aggregates, currency, count(*) AS commitments, sum(1 / currencies) AS share,
       sum(amount) AS amount
FROM counted_money GROUP BY ALL ORDER BY ALL;

-- What became of each project: a row a project, telling and currency, in the order of the articles' days. Projects are put
-- together by their lasting id, without `--knowledge` by their names in lower case as the articles give them.
CREATE VIEW project_timelines AS
SELECT lower(coalesce(k.name, p.name)) AS project_name, p.name, t.date, t.status, t.kind, s.amount, s.currency,
       t.recommended_for_aggregates, t.source, t.quote, t.title, t.article, t.commitment, p.project, k.lasting_project
FROM told t LEFT JOIN sums s USING (commitment) JOIN commitment_projects USING (commitment) JOIN projects p USING (project)
LEFT JOIN links l ON l.key = p.project LEFT JOIN lasting_projects k ON k.lasting_project = l.lasting_id
ORDER BY project_name, t.date, t.article, t.commitment, s.currency;

-- Who commits to whom: a row a pair of actors (by, to), kind, currency, and whether AidData recommends it for totals. Actors are put
-- together by their lasting id, without `--knowledge` by name, kind and country. A commitment of several pairs stands in each:
-- commitments counts it in each, share and amount are split evenly, so that they can be added. Commitments made to nobody have a
-- null to_name.
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
