"use strict";
/* The table of all commitments; a row links to its words. */
{
  const {
    html,
    useMemo,
    address,
    go,
    changed,
    chance,
    ended,
    home,
    least,
    words,
    several,
    number,
    plain,
    column,
    useTable,
    allWords,
    atLeast,
  } = corridor;
  const { Table, Search, Facets, Message, Sure, Sums, LeftOut, Chance, Hidden, Download, UNKNOWN } = corridor;
  const ROLES = ["by", "to", "with", "attributed_to", "provider", "recipient"];
  const list = (values) => values.join(", ");
  const DENIED = "denied"; // what is denied has no status
  const standing = (row) => (row.negated ? DENIED : row.status);
  const counted = (row) => row.left_out ?? "yes";
  const once = (row) => (row.act ? "yes" : "no");
  const currencies = (row) => (row.sum ? [row.sum[0]] : row.currencies);
  const placeKey = ({ name, country }) => `${name}, ${country}`;
  const place = ({ article, number }, sure) => address(`articles/${article}`, { commitment: number }, sure);

  /* Rows with names instead of numbers, and the text to search in. */
  function rowsOf(index) {
    const actors = (numbers) => numbers.map((actor) => corridor.named(index.actors[actor]));
    return index.commitments.map((row) => {
      const origin = index.articles[row.article];
      const named = Object.fromEntries(ROLES.map((role) => [role, actors(row[role])]));
      const projects = row.projects.map((project) => corridor.named(index.projects[project]));
      const texts = [
        origin.title,
        origin.source,
        row.quote,
        row.kind,
        row.status,
        row.instrument,
        ...row.terms,
        ...projects,
        ...Object.values(named).flat(),
      ];
      const where = (row.places ?? []).map((number) => placeKey(index.places[number]));
      return { ...ended(index, row), ...named, projects, origin, where, search: plain(texts.filter(Boolean).join("\n")) };
    });
  }

  function columnsOf(index) {
    const sector = (code) => index.sectors[code] ?? code;
    const country = (code) => index.countries[code] ?? code;
    const names = (name) => (codes) => list(codes.map(name));
    const of = (code) => home(index, code);
    const { statuses, kinds, instruments = [] } = index.values;
    const standings = [...statuses, DENIED];
    const sure = () => least(new URLSearchParams(location.hash.split("?")[1]));
    return [
      {
        id: "who",
        label: "Commitment",
        value: (row) => list(row.provider),
        draw: (row) => html`<${Who} row=${row} to=${place(row, sure())} />`,
      },
      {
        id: "kind",
        label: "Kind",
        value: (row) => row.kind,
        facet: words,
        listed: kinds,
        draw: (row) => words(row.kind),
      },
      {
        id: "status",
        label: "Status",
        value: standing,
        facet: words,
        listed: standings,
        rank: (status) => standings.indexOf(status),
        draw: Status,
      },
      { id: "project", label: "Project", value: (row) => list(row.projects), draw: (row) => html`<bdi>${list(row.projects)}</bdi>` },
      { id: "provider", label: "Provider", value: (row) => row.providers, facet: of },
      { id: "recipient", label: "Recipient", value: (row) => row.recipients, facet: of },
      { id: "instrument", label: "Instrument", value: (row) => row.instrument, facet: words, listed: instruments },
      { id: "amount", label: "Amount", value: (row) => row.value, draw: Amount, right: true },
      { id: "when", label: "By when", value: (row) => row.iso, draw: (row) => row.dates.join("; ") },
      {
        id: "sector",
        label: "Sector",
        value: (row) => row.sectors,
        facet: sector,
        rank: names(sector),
        draw: (row) => list(row.sectors.map(sector)),
      },
      {
        id: "country",
        label: "Country",
        value: (row) => row.countries,
        facet: country,
        rank: names(country),
        draw: (row) => list(row.countries.map(country)),
      },
      { id: "date", label: "Article", value: (row) => row.origin.date, draw: Origin },
      {
        id: "confidence",
        label: "Confidence",
        value: chance,
        filter: atLeast,
        right: true,
        draw: (row) => html`<${Sure} of=${chance(row)} />`,
      },
      { id: "place", label: "Place", value: (row) => row.where, facet: (place) => place },
      { id: "year", label: "Year", value: years, facet: (year) => year, listed: [] },
      { id: "currency", label: "Currency", value: currencies, facet: (currency) => currency },
      { id: "source", label: "Source", value: (row) => row.origin.source ?? UNKNOWN, facet: (source) => source },
      { id: "counted", label: "Counted", value: counted, facet: (answer) => answer },
      { id: "once", label: "Each act once", value: once, facet: (answer) => answer, listed: ["yes", "no"] },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  const years = ({ origin: { date } }) => (date ? [date.slice(0, 4), date.slice(0, 7)] : [UNKNOWN]);

  function Who({ row, to }) {
    const others = [...row.recipient, ...row.with];
    return html`<a href=${to}>
        <bdi>${list(row.provider) || "(nobody named)"}</bdi>
        ${others.length > 0 && html`${" → "}<bdi>${list(others)}</bdi>`}
      </a>
      <q>${row.quote}</q>${row.page && html`<span class="source">${" "}p. ${row.page}</span>`}`;
  }

  function Amount({ amounts, instrument, terms }) {
    const term = (text) => html`, ${text.split(" ", 1)} <bdi>${text.slice(text.indexOf(" ") + 1)}</bdi>`;
    return html`<bdi>${list(amounts)}</bdi>${
      instrument && html`<div class="source">${words(instrument)}${terms.map(term)}</div>`
    }`;
  }

  /* `later`: the status that a later report gives to the same act. */
  function Status({ status, negated, act_status: later = status }) {
    if (negated) return html`<span class="denied">${DENIED}</span>`;
    return html`<span class=${`status ${status}`}>${words(status)}</span>${
      later !== status && html`<div class="source">later ${words(later)}</div>`
    }`;
  }

  function Origin({ origin }) {
    return html`${origin.date ?? "no date"}<br /><bdi class="source">${origin.source ?? ""}</bdi>`;
  }

  /* The columns of the file that can be downloaded: name and value of a row. */
  function fileOf(index) {
    const named = (codes, names) => codes.map((code) => names[code] ?? code).join("; ");
    return {
      who: (row) => row.provider.join("; "),
      to_whom: (row) => row.recipient.join("; "),
      instrument: (row) => row.instrument,
      amount: (row) => row.amounts.join("; "),
      value: (row) => (row.sum ? row.sum[1] : row.value),
      currency: (row) => (row.sum ? row.sum[0] : row.currency),
      usd: (row) => row.sum?.[2],
      status: standing,
      by_when: (row) => row.dates.join("; "),
      project: (row) => row.projects.join("; "),
      sector: (row) => named(row.sectors, index.sectors),
      countries: (row) => named(row.countries, index.countries),
      kind: (row) => row.kind,
      outlet: (row) => row.origin.source,
      date: (row) => row.origin.date,
      title: (row) => row.origin.title,
      quote: (row) => row.quote,
      page: (row) => row.page,
      confidence: (row) => row.confidence,
      row_confidence: (row) => row.row_confidence,
      counted,
      because: (row) => row.because,
    };
  }

  function Commitments({ index, query }) {
    const rows = useMemo(() => rowsOf(index), [index]);
    const columns = useMemo(() => columnsOf(index), [index]);
    const file = useMemo(() => fileOf(index), [index]);
    const table = useTable(rows, columns, query, "-confidence");
    const sure = least(query);
    const change = (values) => go(`#/commitments?${changed(query, values)}`, true);
    const search = (q) => change({ q, page: null });
    const open = (row) => go(place(row, sure));
    const mark = (row) => (row.act ? "" : "uncounted");
    const bound = sure > 0 && ` at a confidence of ${sure.toFixed(2)} or more`;
    const found = table.getFilteredRowModel().rows.map(({ original }) => original);
    const all = table.getColumn("confidence").getFacetedRowModel().rows.length;
    const left = found.filter((row) => row.left_out).length;
    const narrowed = (values) => `#/commitments?${changed(query, { ...values, page: null })}`;
    return html`
      <h1 tabindex="-1">Commitments</h1>
      <div class="filters">
        <${Search} label="Search names, words, titles" value=${query.get("q") ?? ""} change=${search} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(found.length)} of ${several(rows.length, "commitment")}${bound}<//>
      <${Hidden} hidden=${all - found.length} all=${all} least=${sure} show=${() => change({ min: 0, page: null })} />
      <${Chance} index=${index} />
      <section class="sums" aria-label="Sums of these rows">
        <${Sums} index=${index} rows=${found} to=${narrowed} chosen=${query} />
        ${
          left > 0 &&
          html`<details>
            <summary>Left out of these sums: ${several(left, "row")}</summary>
            <${LeftOut} rows=${found} to=${(counted) => narrowed({ counted })} />
          </details>`
        }
      </section>
      <${Download} name="commitments.csv" columns=${file}
        rows=${() => table.getSortedRowModel().rows.map(({ original }) => original)} />
      <${Table} caption="Commitments" table=${table} change=${change} open=${open} mark=${mark} />`;
  }

  Object.assign(corridor, { Commitments, Status, commitmentTable: { rowsOf, columnsOf }, placeKey });
}
