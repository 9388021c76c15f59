"use strict";
/* The projects of a knowledge folder: all of them, and one with its timeline, acts and disagreements. */
{
  const { html, useMemo, address, changed, column, go, least, number, plain, several, useTable, words } = corridor;
  const { allWords, Facets, Message, Search, Status, Table } = corridor;
  const HEADS = ["Who → to whom", "What", "Status", "Amount", "Sums", "Reports"];
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
      count("acts", "Acts", (row) => row.acts.length),
      count("articles", "Articles", (row) => row.articles),
      count("disagreements", "Disagreements", (row) => row.disagreements.length),
      { id: "latest", label: "Latest", value: (row) => row.latest, draw: (row) => row.latest ?? "" },
      { id: "search", value: (row) => row.search, filter: allWords },
    ].map(column);
  }

  const now = () => least(new URLSearchParams(location.hash.split("?")[1]));
  const to = ({ id }) => address(`projects/${id}`, {}, now());

  const articles = (row) => several(row.articles, "article");

  /* `id`: of the project to show; null for all. */
  function Projects({ index, projects, id, query }) {
    const found = projects.find((project) => project.id === id);
    if (id !== null && !found) return html`<h1 tabindex="-1">There is no such project</h1>`;
    return found
      ? html`<${One} index=${index} project=${found} projects=${projects} />`
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

  function One({ index, project, projects }) {
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
      <p class="note">All reports stand here, whatever their confidence.</p>
      <h2>Acts, each once</h2>
      <${Acts} index=${index} acts=${project.acts} />
      <h2>Disagreements</h2>
      <${Disagreements} index=${index} rows=${project.disagreements} />
      <h2>Timeline</h2>
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

  /* The words of a report and its outlet; they lead to the article where it is in the page. */
  function Words({ index, of: { row, quote, source, date } }) {
    const outlet = [source, date].filter(Boolean).join(", ");
    return html`<p class="words">
      <q>${row === null ? quote : html`<a href=${reportOf(index.commitments[row])}>${quote}</a>`}</q>${" "}
      <span class="source">${outlet}</span>
    </p>`;
  }

  const reportOf = (row) => address(`articles/${row.article}`, { commitment: row.number }, now());

  function Acts({ index, acts }) {
    if (acts.length === 0) return html`<p class="nothing">None.</p>`;
    return html`<table class="acts">
      <thead>
        <tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr>
      </thead>
      <tbody>
        ${acts.map((act) => {
          const rows = act.rows.map((row) => index.commitments[row]);
          const row = rows.find((one) => one.act) ?? rows[0];
          const [from, whom] = act.ends.map(list);
          const who = html`<bdi>${[from || "(nobody named)", whom].filter(Boolean).join(" → ")}</bdi>`;
          return html`<tr>
            <th scope="row">${row ? html`<a href=${reportOf(row)}>${who}</a>` : who}</th>
            <td>${words(act.instrument ?? act.kind)}</td>
            <td><${Status} status=${act.status} negated=${act.negated} /></td>
            <td>${act.amount ?? row?.amounts.join("; ")}</td>
            <td>${row ? (row.left_out ? `left out: ${row.left_out}` : "counted") : "not in this page"}</td>
            <td>${articles(act)}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  function Disagreements({ index, rows }) {
    if (rows.length === 0) return html`<p class="nothing">None.</p>`;
    return html`<ul class="disagreements">
      ${rows.map(
        ({ field, claims }) => html`<li>
          <h3>${words(field)}</h3>
          <ul>
            ${claims.map(
              (claim) => html`<li>
                <b><bdi>${claim.value}</bdi></b>
                ${
                  claim.quote === undefined
                    ? html`${" "}<span class="source">${articles(claim)}, latest ${claim.date ?? "?"}</span>`
                    : html`<${Words} index=${index} of=${claim} />`
                }
              </li>`,
            )}
          </ul>
        </li>`,
      )}
    </ul>`;
  }

  corridor.Projects = Projects;
}
