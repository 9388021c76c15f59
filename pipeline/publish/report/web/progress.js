"use strict";
/* From promise to fulfilment: all projects, or all pairs of countries, and one of them with its acts. */
{
  const { html, useMemo, MARKS, address, changed, chance, column, ended, go, home, least, marksOf } = corridor;
  const { number, plain, several, useTable, words } = corridor;
  const { allWords, Acts, Facets, Message, Search, Sums, Table } = corridor;
  const SUBJECTS = { project: "By project", pair: "By pair of countries" };
  const START = "-acts";

  const now = () => least(new URLSearchParams(location.hash.split("?")[1]));
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const path = (parts) => parts.map(encodeURIComponent).join("/");

  /* A project has one page: in the knowledge folder its own, else one of its acts. */
  const toProject = (index, id) => address(index.has_projects ? `projects/${path([id])}` : `progress/${path(["project", id])}`, {}, now());
  const toPair = (from, to) => address(`progress/${path(["pair", from, to])}`, {}, now());

  const pairsOf = ({ homes: [from, to] }) => from.flatMap((one) => to.map((other) => [one, other]));

  /* The row confidence of an act: the highest of its reports; 1 where none is in the page. */
  function sureOf(index, act) {
    const rows = act.steps.flatMap(({ reports }) => reports.map(({ row }) => row)).filter((row) => row !== null);
    return rows.length ? Math.max(...rows.map((row) => chance(index.commitments[row]))) : 1;
  }

  /* The subjects with their counts, of acts that are sure enough. */
  function subjects(index, { acts, projects }, by, sure) {
    const found = new Map();
    const add = (key, more, act) => {
      if (!found.has(key)) found.set(key, { ...more, acts: [] });
      found.get(key).acts.push(act);
    };
    for (const act of acts.filter((act) => sureOf(index, act) >= sure)) {
      if (by === "project")
        for (const id of act.projects) add(id, { name: projects[id], to: toProject(index, id) }, act);
      else
        for (const [from, to] of pairsOf(act)) {
          const name = `${home(index, from)} → ${home(index, to)}`;
          add(JSON.stringify([from, to]), { name, from, into: to, to: toPair(from, to) }, act);
        }
    }
    return [...found.values()].map((one) => ({ ...one, ...countsOf(index, one.acts), search: plain(one.name) }));
  }

  function countsOf(index, acts) {
    const marks = acts.map(marksOf);
    const days = acts.flatMap(({ steps }) => steps.map(({ date }) => date)).filter(Boolean);
    return {
      reached: Object.fromEntries(
        index.values.statuses.map((name) => [name, acts.filter((act) => !act.negated && act.status === name).length]),
      ),
      noted: Object.fromEntries(Object.keys(MARKS).map((name) => [name, marks.filter((all) => all.includes(name)).length])),
      latest: days.sort().at(-1) ?? null,
    };
  }

  function columnsOf(index, by) {
    const count = (id, label, value) => ({ id, label, value, draw: (row) => (value(row) ? number(value(row)) : ""), right: true });
    const end = (id, label, value) => ({ id, label, value, facet: (code) => home(index, code) });
    const title = by === "project" ? "Project" : "From → to";
    return [
      { id: "title", label: title, value: (row) => row.name, draw: (row) => html`<a href=${row.to}><bdi>${row.name}</bdi></a>` },
      ...(by === "pair" ? [end("provider", "Provider", (row) => row.from), end("recipient", "Recipient", (row) => row.into)] : []),
      count("acts", "Acts", (row) => row.acts.length),
      ...index.values.statuses.map((name) => count(name, capital(words(name)), (row) => row.reached[name])),
      ...Object.entries(MARKS).map(([name, label]) => count(name, capital(label), (row) => row.noted[name])),
      {
        id: "mark",
        label: "To be noted",
        value: (row) => Object.keys(MARKS).filter((name) => row.noted[name]),
        facet: (name) => MARKS[name],
        listed: Object.keys(MARKS),
      },
      { id: "latest", label: "Latest", value: (row) => row.latest, draw: (row) => row.latest ?? "" },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  function All({ index, progress, query }) {
    const by = query.get("by") === "pair" ? "pair" : "project";
    const sure = least(query);
    const rows = useMemo(() => subjects(index, progress, by, sure), [index, progress, by, sure]);
    const columns = useMemo(() => columnsOf(index, by), [index, by]);
    const table = useTable(rows, columns, query, START);
    const change = (values) => go(`#/progress?${changed(query, values)}`, true);
    const subject = (name) => address("progress", { by: name === "pair" ? name : null }, sure);
    const noun = by === "pair" ? "pair" : "project";
    const apart = useMemo(
      () => (by === "pair" ? [] : progress.acts.filter((act) => !act.projects.length && sureOf(index, act) >= sure)),
      [index, progress, by, sure],
    );
    const contradicted = apart.filter((act) => marksOf(act).includes("contradicted")).length;
    return html`
      <h1 tabindex="-1">From promise to fulfilment</h1>
      <nav class="subjects" aria-label="Grouped">
        ${Object.entries(SUBJECTS).map(
          ([name, label]) => html`<a key=${name} href=${subject(name)} aria-current=${name === by ? "page" : null}>${label}</a>`,
        )}
      </nav>
      <div class="filters">
        <${Search} label="Search names" value=${query.get("q") ?? ""} change=${(q) => change({ q, page: null })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(table.getFilteredRowModel().rows.length)} of ${several(rows.length, noun)}<//>
      ${
        apart.length > 0 &&
        html`<p class="note apart">
          ${several(apart.length, "act")} without a project, ${number(contradicted)} of them contradicted:${" "}
          <a href=${subject("pair")}>see the pairs of countries</a>.
        </p>`
      }
      <${Notes} index=${index} progress=${progress} />
      <${Table} caption=${SUBJECTS[by]} table=${table} change=${change} open=${(row) => go(row.to)} />`;
  }

  function Notes({ index, progress }) {
    return html`<p class="note">
      A number under a status is of the acts that stand there by their latest report. Nothing heard: no report for six
      months or more before ${progress.today ?? "the latest article"}, in the articles of this report.
      ${!index.has_projects && html`${" "}Without a knowledge folder each article stands for itself: add --knowledge to
      join what several articles report, and to see contradictions.`}
    </p>`;
  }

  /* A pair of countries, or a project where there is no knowledge folder. */
  function One({ index, progress, subject: [kind, ...parts], query }) {
    const [one, other] = parts;
    const pair = kind === "pair";
    const acts = useMemo(() => {
      const is = pair
        ? (act) => pairsOf(act).some(([from, to]) => from === one && to === other)
        : (act) => act.projects.includes(one);
      return { ...progress, acts: progress.acts.filter(is) };
    }, [progress, pair, one, other]);
    if (acts.acts.length === 0) return html`<h1 tabindex="-1">There is nothing under this address</h1>`;
    const project = (id) => (!pair && id === one ? null : html`<${Project} index=${index} progress=${progress} id=${id} />`);
    const name = pair ? html`<bdi>${home(index, one)}</bdi>${" → "}<bdi>${home(index, other)}</bdi>` : progress.projects[one];
    const [answer, firm] = (pair && index.answers[`${one}>${other}`]) || [];
    return html`<div class="project">
      <h1 tabindex="-1"><bdi>${name}</bdi></h1>
      ${answer && html`<p class=${firm ? "answer" : "note"}>${answer}</p>`}
      ${pair && html`<${Money} index=${index} acts=${acts.acts} from=${one} into=${other} sure=${least(query)} />`}
      <${Acts} index=${index} progress=${acts} subject=${kind} here=${`#/progress/${path([kind, ...parts])}`} query=${query}
        project=${project} />
    </div>`;
  }

  function Project({ index, progress, id }) {
    return html`<a href=${toProject(index, id)}><bdi>${progress.projects[id]}</bdi></a>`;
  }

  /* The sums of the acts of a pair, by the rules of all sums. */
  function Money({ index, acts, from, into, sure }) {
    const rows = useMemo(() => {
      const places = new Set(acts.flatMap(({ steps }) => steps.flatMap(({ reports }) => reports.map(({ row }) => row))));
      const found = [...places].filter((row) => row !== null).map((row) => index.commitments[row]);
      return found.filter((row) => chance(row) >= sure).map((row) => ended(index, row));
    }, [index, acts, sure]);
    const ends = { provider: from, recipient: into };
    const to = (filters) => address("commitments", { ...ends, ...filters }, sure);
    return html`<section class="sums" aria-label="Sums of these acts">
      <${Sums} index=${index} rows=${rows} to=${to} chosen=${new URLSearchParams(ends)} />
    </section>`;
  }

  function Progress({ index, progress, subject, query }) {
    return subject
      ? html`<${One} key=${subject.join("/")} index=${index} progress=${progress} subject=${subject} query=${query} />`
      : html`<${All} index=${index} progress=${progress} query=${query} />`;
  }

  Object.assign(corridor, { Progress, Project, toProject });
}
