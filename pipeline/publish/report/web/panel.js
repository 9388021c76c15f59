"use strict";
/* The results for an article beside its text, and the labels to mark in it. */
{
  const { html, useEffect, useRef, chance, counts, several, words, ActorCard, ProjectCard, RelationCard, CommitmentCard } =
    corridor;

  function Section({ title, all, shown, children }) {
    const hidden = all.length - shown.length;
    return html`<details open>
      <summary><h2>${title}</h2> <span class="count">${shown.length}</span></summary>
      ${children}
      ${all.length === 0 && html`<p class="nothing">None found.</p>`}
      ${hidden > 0 && html`<p class="nothing">${hidden} below the confidence chosen at the top.</p>`}
    </details>`;
  }

  /* `least`, `leastRow`: the lowest confidence of parts and of commitments; `look`: see `useLook`; `now`: the id of the
     actor or project that was selected in the text. */
  function Panel({ article, least, leastRow, look, now }) {
    const place = useRef(null);
    const { record } = article;
    const known = { article, look };
    const sure = (parts) => parts.filter(({ confidence }) => confidence >= least);
    const [actors, projects, relations] = [record.actors, record.projects, record.relations].map(sure);
    const commitments = record.commitments
      .map((commitment, number) => ({ commitment, number }))
      .filter(({ commitment }) => chance(commitment) >= leastRow);
    useEffect(() => {
      place.current.querySelector(".card.current")?.scrollIntoView({ block: "nearest" });
    }, [now, look.number, article]);
    return html`<aside class="panel" aria-label="Results" ref=${place}>
      <${Section} title="Commitments" all=${record.commitments} shown=${commitments}>
        ${commitments.map(
          ({ commitment, number }) => html`<${CommitmentCard} key=${number} ...${known} commitment=${commitment}
            number=${number} current=${look.number === number} />`,
        )}
      <//>
      <${Section} title="Actors" all=${record.actors} shown=${actors}>
        ${actors.map(
          (actor) => html`<${ActorCard} key=${actor.id} ...${known} actor=${actor} current=${now === actor.id} />`,
        )}
      <//>
      <${Section} title="Projects" all=${record.projects} shown=${projects}>
        ${projects.map(
          (project) =>
            html`<${ProjectCard} key=${project.id} ...${known} project=${project} current=${now === project.id} />`,
        )}
      <//>
      <${Section} title="Relations" all=${record.relations} shown=${relations}>
        ${relations.map((relation, number) => html`<${RelationCard} key=${number} ...${known} relation=${relation} />`)}
      <//>
    </aside>`;
  }

  /* One button per label in the text, to mark its mentions or not. */
  function Legend({ mentions, labels, off, change }) {
    const turn = (label) => change(off.includes(label) ? off.filter((one) => one !== label) : [...off, label]);
    const there = counts(
      mentions.map(({ label }) => label),
      labels,
    );
    return html`<ul class="legend" aria-label="Labels that are marked">
      ${there.map(
        ([label, count]) => html`<li key=${label}>
        <button type="button" aria-pressed=${!off.includes(label)} onClick=${() => turn(label)}>
          <span class=${`swatch ${label}`} aria-hidden="true"></span>${words(label)}${" "}
          <span class="count" aria-label=${several(count, "mention")}>${count}</span>
        </button>
      </li>`,
      )}
      <li>
        <button type="button" class="plain" onClick=${() => change(off.length ? [] : labels)}>
          ${off.length ? "Mark all" : "Mark none"}
        </button>
      </li>
    </ul>`;
  }

  Object.assign(corridor, { Panel, Legend });
}
