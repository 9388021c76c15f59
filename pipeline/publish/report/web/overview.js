"use strict";
/* All records at a glance. Every bar links to the commitments that it counts. */
{
  const { html, useMemo, address, changed, chance, counts, ended, go, least, several, words, UNKNOWN } = corridor;
  const { Bars, BySector, Chance, Figure, Hidden, LeftOut, Network, Sums, Tiles } = corridor;
  const MONTHS = 2; // up to so many years, bars are months

  function Overview({ index, query }) {
    const sure = least(query);
    const shown = useMemo(() => index.commitments.filter((row) => chance(row) >= sure), [index, sure]);
    const rows = useMemo(() => shown.filter((row) => row.act), [shown]);
    const money = useMemo(() => shown.map((row) => ended(index, row)), [shown]);
    const acts = index.commitments.filter((row) => row.act).length;
    const all = acts === index.commitments.length;
    const filtered = (filters) => address("commitments", filters, sure);
    const to = (name, value) => filtered({ [name]: value, ...(!all && { once: "yes" }) });
    const show = () => go(`#/overview?${changed(query, { min: 0 })}`, true);
    const bars = (name, values, label, order) =>
      counts(values, order).map(([value, count]) => [label(value), count, to(name, value)]);
    const sectors = rows.flatMap((row) => row.sectors);
    const countries = rows.flatMap((row) => row.countries);
    return html`
      <h1 tabindex="-1">Overview</h1>
      <${Tiles} of=${tiles(index, rows, countries)} />
      <${Left} index=${index} />
      <${Chance} index=${index} />
      <${Hidden} hidden=${acts - rows.length} all=${acts} least=${sure} show=${show} />
      <div class="figures">
        <${Figure} title="Money" wide note="Each act counts once, by the rules of docs/values.md; instruments, statuses
          and currencies are never added up.">
          <${Sums} index=${index} rows=${money} to=${filtered} pairs />
        <//>
        <${Figure} title="Money by sector" wide note="New money in US dollars: no rollovers, no guarantees. Of several
          sectors each has an equal share.">
          <${BySector} index=${index} rows=${money} to=${filtered} />
        <//>
        <${Bars} title="By sector" rows=${bars("sector", sectors, (code) => index.sectors[code] ?? code)}
          note="Of two sectors, a commitment counts in both." />
        <${Bars} title="By country" rows=${bars("country", countries, (code) => index.countries[code] ?? code)}
          note="The countries of its projects, else of the actors that receive." />
        <${Bars} title="By status" rows=${bars(
          "status",
          rows.map((row) => row.status),
          words,
          index.values.statuses,
        )} />
        <${Bars} title="By kind" rows=${bars(
          "kind",
          rows.map((row) => row.kind),
          words,
        )} />
        <${Time} index=${index} rows=${rows} to=${to} />
        <${Figure} title="Left out of the sums" note="Rows that the sums of money do not add, and why.">
          <${LeftOut} rows=${money} to=${(counted) => filtered({ counted })} />
        <//>
        <${Network} rows=${rows} actors=${index.actors} least=${sure} />
      </div>`;
  }


  function tiles(index, rows, countries) {
    const different = (values) => new Set(values).size;
    return [
      ["articles", index.articles.length],
      ["commitments", rows.length],
      ["actors in them", different(rows.flatMap((row) => [...row.by, ...row.with, ...row.to]))],
      ["projects in them", different(rows.flatMap((row) => row.projects))],
      ["countries", different(countries)],
    ];
  }

  /* The rows that no count has, and why. */
  function Left({ index }) {
    const others = index.commitments.filter((row) => !row.act);
    const negated = others.filter((row) => row.negated).length;
    const boilerplate = others.filter((row) => row.boilerplate && !row.negated).length;
    const again = others.length - negated - boilerplate;
    const reasons = [
      negated && `${several(negated, "commitment")} that ${negated === 1 ? "is" : "are"} denied`,
      boilerplate && `${boilerplate} in boilerplate`,
      again && `${again} reported again`,
    ].filter(Boolean);
    return reasons.length > 0 && html`<p class="note">Not counted here: ${reasons.join("; ")}.</p>`;
  }

  /* By year of the article; by month if there are few years. */
  function Time({ index, rows, to }) {
    const dates = rows.map((row) => index.articles[row.article].date);
    const years = new Set(dates.filter(Boolean).map((date) => date.slice(0, 4)));
    const length = years.size > MONTHS ? 4 : 7;
    const found = counts(dates.map((date) => date?.slice(0, length) ?? UNKNOWN)).sort(([a], [b]) => (a < b ? -1 : 1));
    const shown = found.map(([time, count]) => [time, count, to("year", time)]);
    return html`<${Bars} title=${length === 4 ? "By year" : "By year and month"} upright rows=${shown}
      note="The date of the article, which is not always that of the commitment." />`;
  }

  corridor.Overview = Overview;
}
