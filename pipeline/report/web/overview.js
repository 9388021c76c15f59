"use strict";
/* All records at a glance. Every bar links to the commitments that it counts. */
{
  const { html, useMemo, useState, address, counts, several, number, short, words, UNKNOWN } = corridor;
  const { Bars, Figure, Network, Tiles } = corridor;
  const MONTHS = 2; // up to so many years, bars are months
  const MONEY = 7; // currencies shown at first

  function Overview({ index, least }) {
    const rows = useMemo(
      () => index.commitments.filter((row) => row.counted && row.confidence >= least),
      [index, least],
    );
    const all = index.commitments.every((row) => row.counted);
    const to = (name, value) => address("commitments", { [name]: value, ...(!all && { counted: "yes" }) }, least);
    const bars = (name, values, label, order) =>
      counts(values, order).map(([value, count]) => [label(value), count, to(name, value)]);
    const sectors = rows.flatMap((row) => row.sectors);
    const countries = rows.flatMap((row) => row.countries);
    return html`
      <h1 tabindex="-1">Overview</h1>
      <${Tiles} of=${tiles(index, rows, countries)} />
      <${Left} index=${index} rows=${rows} least=${least} />
      <div class="figures">
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
        <${Money} rows=${rows} />
        <${Network} rows=${rows} actors=${index.actors} least=${least} />
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

  /* What is not counted, and why. */
  function Left({ index, rows, least }) {
    const negated = index.commitments.filter((row) => row.negated).length;
    const boilerplate = index.commitments.filter((row) => row.boilerplate && !row.negated).length;
    const copies = index.commitments.filter((row) => !row.counted && !row.negated && !row.boilerplate).length;
    const unsure = index.commitments.filter((row) => row.counted).length - rows.length;
    const reasons = [
      negated && `${several(negated, "commitment")} that ${negated === 1 ? "is" : "are"} denied`,
      boilerplate && `${boilerplate} in boilerplate`,
      copies && `${copies} in near-duplicates of another article`,
      unsure && `${unsure} below a confidence of ${least.toFixed(2)}`,
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

  /* Sums only amounts that may be summed (`sum` of a row): finance, exact, agreed or later; each currency apart. */
  function Money({ rows }) {
    const [all, setAll] = useState(false);
    const found = useMemo(() => {
      const amounts = counts(rows.flatMap((row) => row.currencies));
      return amounts.map(([currency, count]) => {
        const values = rows.filter(({ sum }) => sum?.[0] === currency).map(({ sum }) => sum[1]);
        return { currency, count, summed: values.length, sum: values.reduce((one, other) => one + other, 0) };
      });
    }, [rows]);
    const shown = all ? found : found.slice(0, MONEY);
    return html`<${Figure} title="Money by currency"
      note="Sums hold finance that is agreed, underway or completed and has one exact amount; not contracts,
        which are often paid from it. A commitment in two stories counts twice.">
      ${found.length === 0 && html`<p class="nothing">No amounts.</p>`}
      ${
        found.length > 0 &&
        html`<table class="money">
        <thead>
          <tr>
            <th scope="col">Currency</th>
            ${["With an amount", "Summed", "Sum"].map((head) => html`<th scope="col" class="right">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ currency, count, summed, sum }) => html`<tr key=${currency}>
            <th scope="row">${currency}</th>
            ${[number(count), summed || "–", summed ? short(sum) : "–"].map(
              (cell) => html`<td class="right">${cell}</td>`,
            )}
          </tr>`,
          )}
        </tbody>
      </table>`
      }
      ${
        found.length > MONEY &&
        html`<button type="button" class="plain" onClick=${() => setAll(!all)}>
        ${all ? "Fewer currencies" : `All ${found.length} currencies`}
      </button>`
      }
    <//>`;
  }

  corridor.Overview = Overview;
}
