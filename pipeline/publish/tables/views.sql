/* The views of the DuckDB file. The comment before each goes into the file and into docs/tables.md.

   Sums follow the rules of docs/values.md: amounts of different currencies, instruments or statuses are never added; each act
   counts once (the shares of one that stands in several rows add up to 1); what is not counted is in left_out, with the reason. */

-- One row per act: commitments of the story, without denied ones, boilerplate and what another row reports again. act_status is the
-- latest status in all articles. Without `--knowledge` only equal amounts and near-copies are known to be one act.
CREATE VIEW acts AS
SELECT *, act_year AS year FROM commitments_flat
WHERE NOT negated AND NOT coalesce(boilerplate, false) AND repeats IS NULL AND NOT copy;

-- Whose money goes to whom: sums by country of the provider and of the recipient (names of those without a country), instrument, status,
-- year and currency. usd is in US dollars; usd_known: how many of the acts it covers.
CREATE VIEW money_flows AS
SELECT coalesce(provider_countries, provider) AS provider, coalesce(recipient_countries, recipient) AS recipient, instrument,
       act_status AS status, act_year AS year, counted_currency AS currency, count(*) AS acts, sum(counted_value) AS amount,
       sum(counted_usd) AS usd, count(counted_usd) AS usd_known
FROM commitments_flat WHERE counted GROUP BY ALL ORDER BY ALL;

-- Money that sums leave out: one row per commitment with an amount, with the reason.
CREATE VIEW left_out AS
SELECT because, provider, recipient, instrument, act_status AS status, amount, currency, value, usd, repeats, source, date, title, quote,
       commitment, article
FROM commitments_flat WHERE NOT counted AND amount IS NOT NULL ORDER BY ALL;

-- Acts and money by recipient country, kind, instrument, status and currency. An act to two countries is in both rows: acts counts it
-- in each; share and amount are split evenly, so they can be added. A null country is not known.
CREATE VIEW commitments_by_country AS
WITH places AS (
  SELECT commitment, country, 1 / count(*) OVER (PARTITION BY commitment) AS part FROM commitment_countries)
SELECT country, kind, instrument, act_status AS status, counted_currency AS currency, count(*) AS acts,
       sum(coalesce(part, 1)) AS share, sum(counted_value * coalesce(part, 1)) AS amount
FROM acts LEFT JOIN places USING (commitment) GROUP BY ALL ORDER BY ALL;

-- The same by OECD DAC sector category. label is null if no article or project of the tables has the sector.
CREATE VIEW commitments_by_sector AS
WITH labels AS (
  SELECT sector, min(label) AS label
  FROM (SELECT sector, label FROM article_sectors UNION ALL SELECT sector, label FROM project_sectors) GROUP BY sector),
parts AS (
  SELECT commitment, sector, 1 / count(*) OVER (PARTITION BY commitment) AS part FROM commitment_sectors)
SELECT sector, label, kind, instrument, act_status AS status, counted_currency AS currency, count(*) AS acts,
       sum(coalesce(part, 1)) AS share, sum(counted_value * coalesce(part, 1)) AS amount
FROM acts LEFT JOIN parts USING (commitment) LEFT JOIN labels USING (sector) GROUP BY ALL ORDER BY ALL;

-- The same by the year of the act.
CREATE VIEW commitments_by_year AS
SELECT year, kind, instrument, act_status AS status, counted_currency AS currency, count(*) AS acts, sum(counted_value) AS amount
FROM acts GROUP BY ALL ORDER BY ALL;

-- The history of each project: one row per project and report, in the order of the articles' days. Projects are joined by lasting id;
-- without `--knowledge` by their names in lower case.
CREATE VIEW project_timelines AS
SELECT lower(coalesce(k.name, p.name)) AS project_name, p.name, c.date, c.status, c.kind, c.instrument, c.value AS amount, c.currency,
       c.counted, c.source, c.quote, c.title, c.article, c.commitment, p.project, k.lasting_project
FROM commitments_flat c JOIN commitment_projects j ON j.commitment = c.commitment JOIN projects p ON p.project = j.project
LEFT JOIN links l ON l.key = p.project LEFT JOIN lasting_projects k ON k.lasting_project = l.lasting_id
WHERE NOT c.negated AND NOT coalesce(c.boilerplate, false) AND NOT c.copy
ORDER BY project_name, c.date, c.article, c.commitment;

-- Who gives to whom: one row per pair of actors, kind, instrument, status and currency. Of a flow of money the provider and the recipient,
-- else who undertakes (by) and who receives (to). Actors are joined by lasting id; without `--knowledge` by name, kind and country. An
-- act with several pairs is in each row: acts counts it in each; share and amount are split evenly, so they can be added. by_name and
-- to_name are null where nobody is named.
CREATE VIEW actor_network AS
WITH sides AS (
  SELECT commitment, CASE side WHEN 'provider' THEN 'by' ELSE 'to' END AS role, actor FROM commitment_flows
  UNION
  SELECT commitment, role::VARCHAR, actor FROM commitment_parties JOIN commitments USING (commitment)
  WHERE instrument IS NULL AND role IN ('by', 'to')),
parties AS (
  SELECT DISTINCT s.commitment, s.role, coalesce(k.name, a.name) AS name, coalesce(k.kind, a.kind) AS kind,
         CASE WHEN k.lasting_actor IS NULL THEN a.country ELSE k.country END AS country, k.lasting_actor
  FROM sides s JOIN actors a USING (actor)
  LEFT JOIN links l ON l.key = a.actor LEFT JOIN lasting_actors k ON k.lasting_actor = l.lasting_id),
givers AS (SELECT * FROM parties WHERE role = 'by'),
takers AS (SELECT * FROM parties WHERE role = 'to'),
pairs AS (
  SELECT m.*, g.name AS by_name, g.kind AS by_kind, g.country AS by_country, g.lasting_actor AS by_actor,
         t.name AS to_name, t.kind AS to_kind, t.country AS to_country, t.lasting_actor AS to_actor,
         1 / count(*) OVER (PARTITION BY m.commitment) AS part
  FROM acts m LEFT JOIN givers g USING (commitment) LEFT JOIN takers t USING (commitment))
SELECT by_name, by_kind, by_country, by_actor, to_name, to_kind, to_country, to_actor, kind, instrument, act_status AS status,
       counted_currency AS currency, count(*) AS acts, sum(part) AS share, sum(counted_value * part) AS amount
FROM pairs GROUP BY ALL ORDER BY ALL;
