"use strict";
/* One act from promise to fulfilment: its time line, each step with the words and outlets, what is missing. */
{
  const { html, address, least, number, several, words, Marks, Status, Track } = corridor;
  const LADDER = ["pledged", "agreed", "underway", "completed"];
  const FIRST = 2; // reports of a step that are shown at once
  const list = (values) => values.join(", ");

  const sure = () => least(new URLSearchParams(location.hash.split("?")[1]));
  const reportOf = ({ article, number }) => address(`articles/${article}`, { commitment: number }, sure());

  /* What a report says, of one that is in the page from its row. */
  function said(index, report) {
    if (report.row === null) return report;
    const row = index.commitments[report.row];
    const { source, date } = index.articles[row.article];
    return { ...report, quote: row.quote, page: row.page, source, date, to: reportOf(row) };
  }

  /* The words of a report and its outlet; they lead to the article where it is in the page. */
  function Words({ index, of }) {
    const { quote, page, source, date, to, copies } = said(index, of);
    const outlet = [source, date, page && `p. ${page}`].filter(Boolean).join(", ");
    return html`<p class="words">
      <q>${to ? html`<a href=${to}>${quote}</a>` : quote}</q>${" "}
      <span class="source"><bdi>${outlet}</bdi>${copies > 0 && ` and ${several(copies, "copy", "copies")} of the text`}</span>
    </p>`;
  }

  function Step({ index, step: { status, date, reports } }) {
    const shown = reports.slice(0, FIRST).map((report, place) => html`<${Words} key=${place} index=${index} of=${report} />`);
    const more = reports.slice(FIRST).map((report, place) => html`<${Words} key=${place} index=${index} of=${report} />`);
    return html`<li class="step">
      <p class="when"><${Status} status=${status} /> <b>${date ?? "no date"}</b></p>
      <div>
        ${shown}
        ${more.length > 0 && html`<details><summary>${several(more.length, "more report")}</summary>${more}</details>`}
      </div>
    </li>`;
  }

  /* What is missing: reports since, fulfilment by the due date, later rungs of the ladder. */
  function Gaps({ index, act: { status, due, silent, negated } }) {
    const place = LADDER.indexOf(status);
    const open = status === "proposed" ? LADDER : place < 0 || negated ? [] : LADDER.slice(place + 1);
    return html`
      ${
        silent !== null &&
        html`<li class="step missing">
          <p class="when">nothing heard</p>
          <p>${words(status)} by the last report, ${several(silent, "month")} ago; nothing heard since.</p>
        </li>`
      }
      ${
        due &&
        html`<li class=${due.overdue ? "step missing" : "step"}>
          <p class="when">${due.overdue ? "overdue" : "due"} <b>${due.date}</b></p>
          <div><${Words} index=${index} of=${due.report} /></div>
        </li>`
      }
      ${open.length > 0 && html`<li class="step open"><p class="when">not reported</p><p>${list(open)}</p></li>`}`;
  }

  /* Reports that contradict each other, both with their words; without pairs of reports, the different values. */
  function Contradictions({ index, rows, title = true }) {
    return html`<ul class="disagreements">
      ${rows.map(
        ({ field, claims }, place) => html`<li key=${place}>
          <p class="field">${title && html`<span class="mark-of contradicted">contradicted</span> `}${words(field)}</p>
          <ul class="claims">
            ${claims.map(
              (claim, number) => html`<li key=${number}>
                <b><bdi>${claim.value}</bdi></b>
                ${
                  claim.quote === undefined
                    ? html`${" "}<span class="source">${several(claim.articles, "article")}, latest ${claim.date ?? "?"}</span>`
                    : html`<${Words} index=${index} of=${claim} />`
                }
              </li>`,
            )}
          </ul>
        </li>`,
      )}
    </ul>`;
  }

  function whoOf({ ends }) {
    const [from, to] = ends.map(list);
    return html`<bdi>${from || "(nobody named)"}</bdi>${to && html`${" → "}<bdi>${to}</bdi>`}`;
  }

  /* `project(id)` is the name of a project with a link; nothing where the page is about that project. */
  function Act({ index, act, scale, project }) {
    const what = [words(act.instrument ?? act.kind), act.amount].filter(Boolean);
    const projects = act.projects.map(project).filter(Boolean);
    return html`<li class="act">
      <h3>${whoOf(act)}</h3>
      <p class="what">
        <span>${list(what)}</span>
        ${projects.map((one) => html`<span>${one}</span>`)}
        ${act.negated && html`<span class="denied">denied</span>`}
        <${Marks} act=${act} />
      </p>
      ${scale && html`<${Track} act=${act} scale=${scale} />`}
      <ol class="steps">
        ${act.steps.map((step) => html`<${Step} key=${step.status} index=${index} step=${step} />`)}
        <${Gaps} index=${index} act=${act} />
      </ol>
      ${act.disagreements.length > 0 && html`<${Contradictions} index=${index} rows=${act.disagreements} />`}
    </li>`;
  }

  Object.assign(corridor, { LADDER, Act, Contradictions, Words, reportOf, whoOf });
}
