"use strict";
/* The list of articles, searched by title, source, names, and by the words of the text. */
{
  const {
    html,
    useMemo,
    useState,
    useEffect,
    address,
    go,
    changed,
    least,
    named,
    number,
    several,
    plain,
    column,
    useTable,
    allWords,
  } = corridor;
  const { Table, Search, Facets, Message, UNKNOWN } = corridor;

  function rowsOf(index) {
    const commitments = new Map();
    for (const row of index.commitments) commitments.set(row.article, (commitments.get(row.article) ?? 0) + 1);
    return index.articles.map((article, place) => {
      const names = [
        ...article.actors.map((actor) => named(index.actors[actor])),
        ...article.projects.map((project) => named(index.projects[project])),
      ];
      const search = plain([article.title, article.source, article.id, ...names].filter(Boolean).join("\n"));
      return { ...article, place, commitments: commitments.get(place) ?? 0, names: names.length, search };
    });
  }

  function columnsOf(index) {
    const sector = (code) => index.sectors[code] ?? code;
    const to = ({ place }) => address(`articles/${place}`, {}, least(new URLSearchParams(location.hash.split("?")[1])));
    return [
      {
        id: "title",
        label: "Article",
        value: (row) => row.title,
        draw: (row) => html`<a href=${to(row)}><bdi>${row.title || row.id}</bdi></a>`,
      },
      { id: "date", label: "Date", value: (row) => row.date, draw: (row) => row.date ?? "" },
      {
        id: "source",
        label: "Source",
        value: (row) => row.source ?? UNKNOWN,
        facet: (source) => source,
        draw: (row) => html`<bdi>${row.source ?? ""}</bdi>`,
      },
      {
        id: "sector",
        label: "Sectors",
        value: (row) => row.sectors,
        facet: sector,
        rank: (codes) => codes.map(sector).join(),
        draw: (row) => row.sectors.map(sector).join(", "),
      },
      {
        id: "names",
        label: "Actors and projects",
        value: (row) => row.names,
        draw: (row) => number(row.names),
        right: true,
      },
      {
        id: "commitments",
        label: "Commitments",
        value: (row) => row.commitments,
        draw: (row) => number(row.commitments),
        right: true,
      },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  /* Adds the words to the search text of rows whose article text has them all. */
  function useTexts(rows, words) {
    const [found, setFound] = useState(new Set());
    useEffect(() => {
      let wanted = true;
      const all = plain(words).split(/\s+/).filter(Boolean);
      if (all.length === 0) setFound(new Set());
      else corridor.source.search(all).then((places) => wanted && setFound(places));
      return () => (wanted = false);
    }, [words]);
    return useMemo(
      () => rows.map((row) => (found.has(row.place) ? { ...row, search: `${row.search}\n${plain(words)}` } : row)),
      [rows, found],
    );
  }

  function Articles({ index, query }) {
    const words = query.get("q") ?? "";
    const rows = useTexts(
      useMemo(() => rowsOf(index), [index]),
      words,
    );
    const columns = useMemo(() => columnsOf(index), [index]);
    const table = useTable(rows, columns, query);
    const open = ({ place }) => go(address(`articles/${place}`, {}, least(query)));
    const change = (values) => go(`#/articles?${changed(query, values)}`, true);
    return html`
      <h1 tabindex="-1">Articles</h1>
      <div class="filters">
        <${Search} label="Search titles, names, texts" value=${words} change=${(q) => change({ q, page: null })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(table.getFilteredRowModel().rows.length)} of ${several(rows.length, "article")}<//>
      <${Table} caption="Articles" table=${table} change=${change} open=${open} />`;
  }

  corridor.Articles = Articles;
}
