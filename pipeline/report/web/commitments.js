"use strict";
/* The table of all commitments; a row links to its words. */
{
  const {
    html,
    useMemo,
    address,
    go,
    changed,
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
  const { Table, Search, Facets, Message, Sure, UNKNOWN } = corridor;
  const ROLES = ["by", "to", "with", "attributed_to"];
  const list = (values) => values.join(", ");
  const counted = (row) => (row.counted ? "yes" : row.negated ? "no, denied" : row.boilerplate ? "no, boilerplate" : "no, a near-duplicate");
  const place = ({ article, number }, sure) => address(`articles/${article}`, { commitment: number }, sure);

  /* Rows with names instead of numbers, and the text to search in. */
  function rowsOf(index) {
    const actors = (numbers) => numbers.map((actor) => index.actors[actor].name);
    return index.commitments.map((row) => {
      const origin = index.articles[row.article];
      const named = Object.fromEntries(ROLES.map((role) => [role, actors(row[role])]));
      const projects = row.projects.map((project) => index.projects[project].name);
      const texts = [
        origin.title,
        origin.source,
        row.quote,
        row.kind,
        row.status,
        ...projects,
        ...Object.values(named).flat(),
      ];
      return { ...row, ...named, projects, origin, search: plain(texts.filter(Boolean).join("\n")) };
    });
  }

  function columnsOf(index) {
    const sector = (code) => index.sectors[code] ?? code;
    const country = (code) => index.countries[code] ?? code;
    const names = (name) => (codes) => list(codes.map(name));
    const { statuses, kinds } = index.values;
    const sure = () => least(new URLSearchParams(location.hash.split("?")[1]));
    return [
      {
        id: "who",
        label: "Commitment",
        value: (row) => list(row.by),
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
        value: (row) => row.status,
        facet: words,
        listed: statuses,
        rank: (status) => statuses.indexOf(status),
        draw: Status,
      },
      { id: "project", label: "Project", value: (row) => list(row.projects), draw: (row) => list(row.projects) },
      { id: "amount", label: "Amount", value: (row) => row.value, draw: (row) => row.amounts.join("; "), right: true },
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
        value: (row) => row.confidence,
        filter: atLeast,
        right: true,
        draw: (row) => html`<${Sure} of=${row.confidence} />`,
      },
      { id: "year", label: "Year", value: years, facet: (year) => year, listed: [] },
      { id: "currency", label: "Currency", value: (row) => row.currencies, facet: (currency) => currency },
      { id: "source", label: "Source", value: (row) => row.origin.source ?? UNKNOWN, facet: (source) => source },
      { id: "counted", label: "Counted", value: counted, facet: (answer) => answer },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  const years = ({ origin: { date } }) => (date ? [date.slice(0, 4), date.slice(0, 7)] : [UNKNOWN]);

  function Who({ row, to }) {
    const others = [...row.to, ...row.with];
    return html`<a href=${to}>
        <bdi>${list(row.by) || "(nobody named)"}</bdi>${others.length > 0 && html`${" → "}<bdi>${list(others)}</bdi>`}
      </a>
      <q>${row.quote}</q>`;
  }

  function Status({ status, negated }) {
    const denied = negated && html`${" "}<span class="denied">denied</span>`;
    return html`<span class=${`status ${status}`}>${words(status)}</span>${denied}`;
  }

  function Origin({ origin }) {
    return html`${origin.date ?? "no date"}<br /><span class="source">${origin.source ?? ""}</span>`;
  }

  function Commitments({ index, query }) {
    const rows = useMemo(() => rowsOf(index), [index]);
    const columns = useMemo(() => columnsOf(index), [index]);
    const table = useTable(rows, columns, query);
    const sure = least(query);
    const change = (values) => go(`#/commitments?${changed(query, values)}`, true);
    const search = (q) => change({ q, page: null });
    const open = (row) => go(place(row, sure));
    const mark = (row) => (row.counted ? "" : "uncounted");
    const bound = sure > 0 && ` at a confidence of ${sure.toFixed(2)} or more`;
    const found = table.getFilteredRowModel().rows.length;
    return html`
      <h1 tabindex="-1">Commitments</h1>
      <div class="filters">
        <${Search} label="Search names, words, titles" value=${query.get("q") ?? ""} change=${search} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(found)} of ${several(rows.length, "commitment")}${bound}<//>
      <${Table} caption="Commitments" table=${table} change=${change} open=${open} mark=${mark} />`;
  }

  Object.assign(corridor, { Commitments, Status });
}
