"use strict";
/* What is new since a day or an older knowledge folder: the rows of `corridor diff`, with filters and links. */
{
  const { html, useMemo, changed, column, go, number, plain, several, toProject, useTable, webAddress, words } = corridor;
  const { allWords, Facets, Message, Search, Table, Words } = corridor;
  const list = (values) => values.join(", ");

  function columnsOf(index, { heads }) {
    const country = (code) => index.countries[code] ?? code;
    return [
      { id: "change", label: "Change", value: (row) => row.change, facet: (name) => heads[name] ?? name, listed: Object.keys(heads),
        rank: (name) => Object.keys(heads).indexOf(name), draw: (row) => heads[row.change] ?? row.change },
      { id: "day", label: "Day", value: (row) => row.day, draw: (row) => row.day ?? "no date" },
      { id: "title", label: "What is new", value: (row) => row.who, draw: (row) => html`<${Row} index=${index} row=${row} />` },
      { id: "kind", label: "Kind", value: (row) => row.kind, facet: words },
      { id: "country", label: "Country", value: (row) => row.countries, facet: country, rank: list,
        draw: (row) => list(row.countries.map(country)) },
      { id: "project", label: "Project", value: (row) => row.projects.map(({ name }) => name), facet: (name) => name, rank: list,
        draw: (row) => row.projects.map((one, place) => html`${place > 0 && ", "}<a href=${toProject(index, one.id)}><bdi>${one.name}</bdi></a>`) },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  function Row({ index, row: { who, facts, quotes } }) {
    return html`<b><bdi>${who}</bdi></b><br />${facts}${quotes.map((said, place) => html`<${Said} key=${place} index=${index} said=${said} />`)}`;
  }

  /* The words lead to the article in this page, else to the web. */
  function Said({ index, said }) {
    const link = said.row === null && said.url && webAddress(said.url);
    const more = link && html`<a href=${link} target="_blank" rel="noopener noreferrer">Open the original</a>`;
    return html`<${Words} index=${index} of=${said} />${more}`;
  }

  function News({ index, news, query }) {
    const rows = useMemo(
      () =>
        news.rows.map((row) => ({ ...row, search: plain([row.who, row.facts, ...row.quotes.map(({ quote, source }) => `${quote}\n${source ?? ""}`)].join("\n")) })),
      [news],
    );
    const columns = useMemo(() => columnsOf(index, news), [index, news]);
    const table = useTable(rows, columns, query, null);
    const change = (values) => go(`#/new?${changed(query, values)}`, true);
    return html`
      <h1 tabindex="-1">What is new</h1>
      <p class="note">Since <bdi>${news.since}</bdi>. Here stand all changes, whatever their confidence.</p>
      <div class="filters">
        <${Search} label="Search names, words" value=${query.get("q") ?? ""} change=${(q) => change({ q, page: null })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(table.getFilteredRowModel().rows.length)} of ${several(rows.length, "change")}<//>
      ${rows.length === 0 ? html`<p class="nothing">Nothing is new.</p>` : html`<${Table} caption="What is new" table=${table} change=${change} />`}`;
  }

  corridor.News = News;
}
