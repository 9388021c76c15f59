"use strict";
/* The projects of a knowledge folder: all of them, and one with its acts, disagreements and timeline. */
{
  const { html, useMemo, address, changed, column, go, least, number, plain, several, useTable, words } = corridor;
  const { allWords, Acts, Contradictions, Facets, Message, Project, Search, Status, Table, Words } = corridor;
  const list = (values) => values.join(", ");

  function columnsOf(index) {
    const sector = (code) => index.sectors[code] ?? code;
    const country = (code) => index.countries[code] ?? code;
    const listed = (id, label, name, value) => ({
      id,
      label,
      value,
      facet: name,
      rank: (codes) => list(codes.map(name)),
      draw: (row) => list(value(row).map(name)),
    });
    const count = (id, label, value) => ({ id, label, value, draw: (row) => number(value(row)), right: true });
    return [
      {
        id: "title",
        label: "Project",
        value: (row) => row.name,
        draw: (row) => html`<a href=${to(row)}><bdi>${row.name}</bdi></a>`,
      },
      listed("country", "Countries", country, (row) => row.countries),
      listed("sector", "Sectors", sector, (row) => row.sectors),
      count("acts", "Acts", (row) => row.acts),
      count("articles", "Articles", (row) => row.articles),
      count("disagreements", "Disagreements", (row) => row.disagreements.length),
      { id: "latest", label: "Latest", value: (row) => row.latest, draw: (row) => row.latest ?? "" },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  const now = () => least(new URLSearchParams(location.hash.split("?")[1]));
  const to = ({ id }) => address(`projects/${encodeURIComponent(id)}`, {}, now());

  const articles = (row) => several(row.articles, "article");

  /* `id`: of the project to show; null for all. */
  function Projects({ index, projects, progress, id, query }) {
    const found = projects.find((project) => project.id === id);
    if (id !== null && !found) return html`<h1 tabindex="-1">There is no such project</h1>`;
    return found
      ? html`<${One} key=${id} index=${index} project=${found} projects=${projects} progress=${progress} query=${query} />`
      : html`<${All} index=${index} projects=${projects} query=${query} />`;
  }

  function All({ index, projects, query }) {
    const rows = useMemo(
      () => projects.map((project) => ({ ...project, search: plain([project.name, ...project.names].join("\n")) })),
      [projects],
    );
    const columns = useMemo(() => columnsOf(index), [index]);
    const table = useTable(rows, columns, query);
    const change = (values) => go(`#/projects?${changed(query, values)}`, true);
    return html`
      <h1 tabindex="-1">Projects</h1>
      <div class="filters">
        <${Search} label="Search names" value=${query.get("q") ?? ""} change=${(q) => change({ q, page: null })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(table.getFilteredRowModel().rows.length)} of ${several(rows.length, "project")}<//>
      <${Table} caption="Projects" table=${table} change=${change} open=${(row) => go(to(row))} />`;
  }

  function One({ index, project, projects, progress, query }) {
    const acts = useMemo(
      () => ({ ...progress, acts: progress.acts.filter((act) => act.projects.includes(project.id)) }),
      [progress, project],
    );
    const other = (id) => (id === project.id ? null : html`<${Project} index=${index} progress=${progress} id=${id} />`);
    const link = (one) => html`<a href=${to(one)}><bdi>${one.name}</bdi></a>`;
    const whole = projects.filter(({ id }) => project.part_of.includes(id));
    const parts = projects.filter(({ part_of }) => part_of.includes(project.id));
    const facts = [
      ["Kind", [project.programme ? "programme" : "project"]],
      ["Countries", project.countries.map((code) => index.countries[code] ?? code)],
      ["Sectors", project.sectors.map((code) => index.sectors[code] ?? code)],
      ["Also named", project.names.filter((name) => name !== project.name)],
      ["Part of", whole.map(link)],
      ["Its parts", parts.map(link)],
      ["Reported", [`${articles(project)}, ${project.first ?? "?"} to ${project.latest ?? "?"}`]],
    ];
    return html`<div class="project">
      <h1 tabindex="-1"><bdi>${project.name}</bdi></h1>
      <dl class="facts">
        ${facts.map(
          ([name, values]) =>
            values.length > 0 &&
            html`<div><dt>${name}</dt><dd>${values.map((value) => html`<span>${value}</span>`)}</dd></div>`,
        )}
      </dl>
      <h2>From promise to fulfilment</h2>
      ${
        acts.acts.length === 0
          ? html`<p class="nothing">No act.</p>`
          : html`<${Acts} index=${index} progress=${acts} subject="project" query=${query}
              here=${`#/projects/${encodeURIComponent(project.id)}`} project=${other} />`
      }
      <h2>Disagreements</h2>
      ${
        project.disagreements.length === 0
          ? html`<p class="nothing">None.</p>`
          : html`<${Contradictions} index=${index} rows=${project.disagreements} title=${false} />`
      }
      <h2>Timeline</h2>
      <p class="note">All reports stand here, whatever their confidence.</p>
      ${project.timeline.length === 0 && html`<p class="nothing">No dated commitment.</p>`}
      <ol class="timeline">
        ${project.timeline.map(
          (event) => html`<li>
            <p>
              <b>${event.date ?? "no date"}</b> <${Status} status=${event.status} /> ${words(event.kind)}
              ${event.amounts.length > 0 && html`<span>${event.amounts.join("; ")}</span>`}
              ${event.attributed_to && html`<span>said by <bdi>${event.attributed_to}</bdi></span>`}
            </p>
            <${Words} index=${index} of=${event} />
          </li>`,
        )}
      </ol>
    </div>`;
  }

  corridor.Projects = Projects;
}
