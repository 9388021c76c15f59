"use strict";
/* A table with sorting, filters and pages, by TanStack Table; its state is the query of the address. */
{
  const { html, useState, useMemo, useEffect, useRef, compare, changed, least } = corridor;
  const SIZES = [25, 50, 100, 500];

  /* Filters: any of the chosen values; all the words; a lowest confidence. */
  const anyOf = (row, id, chosen) => [row.getValue(id)].flat().some((value) => chosen.includes(value));
  const allWords = (row, id, words) => words.every((word) => row.getValue(id).includes(word));
  const atLeast = (row, id, value) => row.getValue(id) >= value;
  const inOrder = (a, b) => (typeof a === "number" ? a - b : compare(String(a), String(b)));

  const empty = (value) => value === null || value === undefined || value.length === 0;

  /* A column of a table: `id`, `label`, `value(row)`. With `draw(row)` it is shown; with `facet(value)`, the name of a
     value, it can be filtered, by values in the order `listed`; `rank(value)` is the key to sort by. */
  function column({ id, label, value, draw, facet, listed, rank = (one) => one, right, filter = anyOf }) {
    return {
      id,
      accessorFn: (row) => (empty(value(row)) ? undefined : value(row)),
      getUniqueValues: (row) => [value(row)].flat().filter((one) => !empty(one)),
      filterFn: filter,
      sortingFn: (one, other) => inOrder(rank(one.getValue(id)), rank(other.getValue(id))),
      sortUndefined: "last",
      sortDescFirst: right === true,
      meta: { label, draw, facet, listed, right },
    };
  }

  function filters(query, columns) {
    const facets = columns.filter(({ meta }) => meta.facet).map(({ id }) => ({ id, value: query.getAll(id) }));
    const words = corridor
      .plain(query.get("q") ?? "")
      .split(/\s+/)
      .filter(Boolean);
    const sure = least(query);
    return [
      ...facets.filter(({ value }) => value.length > 0),
      ...(words.length ? [{ id: "search", value: words }] : []),
      ...(sure ? [{ id: "confidence", value: sure }] : []),
    ].filter(({ id }) => columns.some((one) => one.id === id));
  }

  function sorting(query, start) {
    const sort = query.get("sort") ?? start;
    return sort ? [{ id: sort.replace(/^-/, ""), desc: sort.startsWith("-") }] : [];
  }

  function useTable(data, columns, query, start) {
    const [table] = useState(() =>
      TableCore.createTable({
        data,
        columns,
        state: {},
        onStateChange: () => {},
        renderFallbackValue: null,
        autoResetPageIndex: false,
        getCoreRowModel: TableCore.getCoreRowModel(),
        getFilteredRowModel: TableCore.getFilteredRowModel(),
        getSortedRowModel: TableCore.getSortedRowModel(),
        getPaginationRowModel: TableCore.getPaginationRowModel(),
        getFacetedRowModel: TableCore.getFacetedRowModel(),
        getFacetedUniqueValues: TableCore.getFacetedUniqueValues(),
      }),
    );
    const text = query.toString();
    const state = useMemo(() => {
      const order = sorting(query, start).filter(({ id }) => columns.some((one) => one.id === id));
      const pageSize = SIZES.find((size) => size === Number(query.get("size"))) ?? SIZES[1];
      const pageIndex = Math.max(Math.floor(Number(query.get("page"))) || 1, 1) - 1;
      return { columnFilters: filters(query, columns), sorting: order, pagination: { pageIndex, pageSize } };
    }, [text, columns, start]);
    table.setOptions((before) => ({ ...before, data, columns, state: { ...table.initialState, ...state } }));
    return table;
  }

  function Head({ column, change }) {
    const { label, right } = column.columnDef.meta;
    const sorted = column.getIsSorted();
    const turn = () => change({ sort: nextSort(column, sorted), page: null });
    const name = `of-${column.id}${right ? " right" : ""}`;
    return html`<th scope="col" role="columnheader" class=${name} aria-sort=${sorted ? `${sorted}ending` : "none"}>
      <button type="button" class="sort" onClick=${turn}>
        ${label}<span class="arrow" aria-hidden="true">${{ asc: "▲", desc: "▼" }[sorted] ?? ""}</span>
      </button>
    </th>`;
  }

  function nextSort(column, sorted) {
    const first = column.columnDef.sortDescFirst ? "desc" : "asc";
    if (!sorted) return first === "desc" ? `-${column.id}` : column.id;
    if (sorted === first) return first === "desc" ? column.id : `-${column.id}`;
    return null;
  }

  /* The rows of the current page, and what its pager says. */
  function pageOf(table) {
    const { pageIndex, pageSize: size } = table.getState().pagination;
    const all = table.getFilteredRowModel().rows.length;
    const pages = Math.max(Math.ceil(all / size), 1);
    const page = Math.min(pageIndex, pages - 1);
    const rows = table.getSortedRowModel().rows.slice(page * size, (page + 1) * size);
    return { rows, pager: { page: page + 1, pages, size, sizes: SIZES, first: page * size + 1, last: page * size + rows.length, all } };
  }

  const NOTHING = html`<p class="nothing">Nothing matches these filters.</p>`;

  /* `caption` names the table; a click anywhere in a row calls `open(row)`. */
  function Table({ caption, table, change, open, mark }) {
    const place = useRef(null);
    const { rows, pager } = pageOf(table);
    const { page, all } = pager;
    const columns = table.getAllLeafColumns().filter(({ columnDef }) => columnDef.meta.draw);
    useEffect(() => {
      if (place.current.getBoundingClientRect().top < 0) place.current.scrollIntoView();
    }, [page]);
    const pressed = (event, row) =>
      event.target.closest("a, button") || getSelection().toString() || open?.(row.original);
    return html`<div class="table" ref=${place}>
      <table role="table">
        <caption class="hidden">${caption}</caption>
        <thead role="rowgroup">
          <tr role="row">${columns.map((one) => html`<${Head} key=${one.id} column=${one} change=${change} />`)}</tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map(
            (row) => html`<tr role="row" key=${row.id} class=${mark?.(row.original)}
              onClick=${(event) => pressed(event, row)}>
              ${columns.map((one) => html`<${Cell} key=${one.id} column=${one} row=${row.original} />`)}
            </tr>`,
          )}
        </tbody>
      </table>
      ${
        all === 0
          ? NOTHING
          : html`<${corridor.Pager} ...${pager} change=${change} />`
      }
    </div>`;
  }

  function Cell({ column, row }) {
    const { label, draw, right } = column.columnDef.meta;
    const name = `of-${column.id}${right ? " right" : ""}`;
    return html`<td role="cell" data-label=${label} class=${name}>${draw(row)}</td>`;
  }

  Object.assign(corridor, { column, useTable, pageOf, Table, NOTHING, allWords, atLeast });
}
