"use strict";
/* The acts of a project or of a pair of countries: as time lines or as a table, with the same filters. */
{
  const { html, useMemo, LADDER, MARKS, changed, chance, column, go, least, marksOf, number, pageOf, plain } = corridor;
  const { reportOf, scaleOf, several, useTable, whoOf, words } = corridor;
  const { allWords, atLeast, Act, Axis, Download, Facets, Hidden, Marks, Message, NOTHING, Pager } = corridor;
  const { Search, Signs, Status, Table, Tiles } = corridor;
  const SHOWN = { time: "Time lines", table: "Table" };
  const ORDERS = {
    "-attention": "Most to be noted first",
    "-latest": "Latest report first",
    latest: "Longest without a report first",
    who: "By name",
  };
  const START = "-attention";
  const list = (values) => values.join(", ");

  /* Acts with what the table needs. `sure`: the highest row confidence of the reports; 1 where none is in the page. */
  function rowsOf(index, { acts, projects }) {
    return acts.map((act) => {
      const reports = act.steps.flatMap((step) => step.reports);
      const rows = reports.filter(({ row }) => row !== null).map(({ row }) => index.commitments[row]);
      const dates = [...rows.map((row) => row.day), ...reports.map(({ date }) => date)].filter(Boolean).sort();
      const names = act.projects.map((id) => projects[id]);
      const texts = [...act.ends.flat(), ...names, act.amount, act.kind, act.instrument, ...rows.map((row) => row.quote)];
      const marks = marksOf(act);
      return {
        ...act,
        rows,
        names,
        marks,
        reports: reports.length,
        standing: act.negated ? "denied" : act.status,
        latest: dates.at(-1) ?? null,
        sure: rows.length ? Math.max(...rows.map(chance)) : 1,
        attention: 1000 * marks.length + 10 * act.steps.length + Math.min(reports.length, 9),
        search: plain(texts.filter(Boolean).join("\n")),
      };
    });
  }

  const step = (name) => (act) => act.steps.find(({ status }) => status === name)?.date ?? null;
  const rung = (name) => (act) => {
    const found = act.steps.find(({ status }) => status === name);
    return found ? (found.date ?? "no date") : "";
  };

  function columnsOf(index, subject) {
    const { statuses } = index.values;
    const standings = [...statuses, "denied"];
    return [
      { id: "who", label: "Who → to whom", value: (act) => list(act.ends.flat()), draw: (act) => html`<${Who} act=${act} />` },
      {
        id: "what",
        label: "What",
        value: (act) => act.instrument ?? act.kind,
        facet: words,
        draw: (act) => words(act.instrument ?? act.kind),
      },
      {
        id: "status",
        label: "Status",
        value: (act) => act.standing,
        facet: words,
        listed: standings,
        rank: (status) => standings.indexOf(status),
        draw: (act) => html`<${Status} status=${act.status} negated=${act.negated} />`,
      },
      ...LADDER.map((name) => ({ id: name, label: `${name[0].toUpperCase()}${name.slice(1)}`, value: step(name), draw: rung(name) })),
      { id: "amount", label: "Amount", value: (act) => act.amount, draw: (act) => act.amount ?? "" },
      {
        id: "mark",
        label: "To be noted",
        value: (act) => act.marks,
        facet: (name) => MARKS[name],
        listed: Object.keys(MARKS),
        rank: list,
        draw: (act) => html`<${Marks} act=${act} />`,
      },
      ...(subject === "project" ? [] : [{ id: "project", label: "Project", value: (act) => act.names, facet: (name) => name }]),
      { id: "counted", label: "Sums", value: counted, draw: counted },
      { id: "latest", value: (act) => act.latest },
      { id: "attention", value: (act) => act.attention },
      { id: "confidence", value: (act) => act.sure, filter: atLeast },
      { id: "search", value: (act) => act.search, filter: allWords },
    ].map(column);
  }

  /* The row of an act that stands for it in sums, else the first. */
  const rowOf = ({ rows }) => rows.find((row) => row.act) ?? rows[0];

  function counted(act) {
    const row = rowOf(act);
    if (!row) return "not in this page";
    return row.left_out ? `left out: ${row.left_out}` : "counted";
  }

  function Who({ act }) {
    const row = rowOf(act);
    return row ? html`<a href=${reportOf(row)}>${whoOf(act)}</a>` : whoOf(act);
  }

  /* The columns of the file that can be downloaded. */
  const FILE = {
    who: (act) => act.ends[0].join("; "),
    to_whom: (act) => act.ends[1].join("; "),
    what: (act) => act.instrument ?? act.kind,
    status: (act) => act.standing,
    ...Object.fromEntries(LADDER.map((name) => [name, rung(name)])),
    amount: (act) => act.amount,
    projects: (act) => act.names.join("; "),
    due: (act) => act.due?.date,
    overdue: (act) => (act.due?.overdue ? "yes" : ""),
    silent_months: (act) => act.silent,
    contradicted: (act) => act.disagreements.map(({ field }) => field).join("; "),
    reports: (act) => act.reports,
    latest: (act) => act.latest,
    id: (act) => act.id,
  };

  function Choice({ query, change }) {
    const now = query.get("show") === "table" ? "table" : "time";
    const sort = query.get("sort") ?? START;
    return html`<div class="choice">
      <div role="group" aria-label="Show as">
        ${Object.entries(SHOWN).map(
          ([name, label]) => html`<button type="button" aria-pressed=${name === now}
            onClick=${() => change({ show: name === "table" ? name : null })}>${label}</button>`,
        )}
      </div>
      ${
        now === "time" &&
        html`<label><span>Order</span>
          <select value=${sort in ORDERS ? sort : START} onChange=${({ target }) => change({ sort: target.value, page: null })}>
            ${Object.entries(ORDERS).map(([name, label]) => html`<option value=${name}>${label}</option>`)}
          </select>
        </label>`
      }
    </div>`;
  }

  function TimeLines({ index, table, today, change, project }) {
    const { rows, pager } = pageOf(table);
    const acts = rows.map(({ original }) => original);
    const scale = useMemo(() => scaleOf(acts, today), [acts.map(({ id }) => id).join("\n"), today]);
    if (pager.all === 0) return NOTHING;
    return html`
      <${Signs} statuses=${index.values.statuses} />
      ${scale && html`<${Axis} scale=${scale} />`}
      <ol class="acts-line">
        ${acts.map((act) => html`<${Act} key=${act.id} index=${index} act=${act} scale=${scale} project=${project} />`)}
      </ol>
      <${Pager} ...${pager} change=${change} />`;
  }

  function tiles(acts, statuses) {
    const count = (found) => acts.filter(found).length;
    const standing = [...LADDER, ...statuses.filter((one) => !LADDER.includes(one))]
      .map((status) => [words(status), count((act) => act.standing === status)])
      .filter(([name, all]) => LADDER.includes(name) || all > 0);
    return [...standing, ...Object.entries(MARKS).map(([name, label]) => [label, count((act) => act.marks.includes(name))])];
  }

  /* `progress`: acts, the names of projects, today; `subject`: "project" or "pair"; `here`: the address without query;
     `project(id)`: see `Act`. */
  function Acts({ index, progress, subject, here, query, project }) {
    const rows = useMemo(() => rowsOf(index, progress), [index, progress]);
    const columns = useMemo(() => columnsOf(index, subject), [index, subject]);
    const table = useTable(rows, columns, query, START);
    const sure = least(query);
    const change = (values) => go(`${here}?${changed(query, values)}`, true);
    const found = table.getFilteredRowModel().rows.map(({ original }) => original);
    const all = table.getColumn("confidence").getFacetedRowModel().rows.length;
    const time = query.get("show") !== "table";
    return html`<section class="progress" aria-label="From promise to fulfilment">
      <h2 class="hidden">Acts</h2>
      <${Tiles} of=${tiles(found, index.values.statuses)} />
      <div class="filters">
        <${Search} label="Search names, words" value=${query.get("q") ?? ""} change=${(q) => change({ q, page: null })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Choice} query=${query} change=${change} />
      <${Message}>${number(found.length)} of ${several(rows.length, "act")}, as of ${progress.today ?? "an unknown day"}<//>
      <${Hidden} hidden=${all - found.length} all=${all} least=${sure} show=${() => change({ min: 0, page: null })} />
      <${Download} name="acts.csv" columns=${FILE}
        rows=${() => table.getSortedRowModel().rows.map(({ original }) => original)} />
      ${
        time
          ? html`<${TimeLines} index=${index} table=${table} today=${progress.today} change=${change} project=${project} />`
          : html`<${Table} caption="Acts" table=${table} change=${change} />`
      }
    </section>`;
  }

  corridor.Acts = Acts;
}
