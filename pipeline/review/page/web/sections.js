"use strict";
/* The results for the article: the commitments, which are decided on, and the rest, folded. */
{
  const { html, useEffect, useRef, words, Form, IconButton, One, EditForm, EntityPicker, nounOf, keysOf } = corridor;
  const { CommitmentEditor, ActorEditor, ProjectEditor, RelationEditor } = corridor;
  const NO_ENDS = ["MONEY", "DATE", "QUANTITY"]; // labels that cannot end a relation

  function Section({ title, count, work, what, form, add, open = false, children }) {
    const id = `new ${what}`;
    const press = add ?? (() => work.turn(work.open?.id === id ? null : { id, form: "new" }));
    return html`<details open=${open}>
      <summary>
        <h2>${title}</h2>
        <span class="count">${count}${!open && ", optional"}</span>
      </summary>
      ${
        what &&
        html`<div class="more" data-id=${id}>
          <${IconButton} icon="add" label=${`Add ${what}`} press=${press}>Add ${what}<//>
          ${work.open?.id === id && form()}
        </div>`
      }
      ${children}
    </details>`;
  }

  /* The form of a new relation; sends only the fields that were filled in. */
  function NewRelation({ work }) {
    const [type] = work.choices.relation_types;
    const save = (now) => {
      const filled = Object.entries(now).filter(([, value]) => value !== null && value !== undefined);
      return work.add("relation", Object.fromEntries(filled));
    };
    return html`<${Form}
      name="Add relation"
      fields=${relationFields(work)}
      before=${{ subject: null, type, object: null }}
      save=${save}
      button="Add"
      close=${() => work.turn(null)}
    />`;
  }

  /* Finds a name before it makes a new actor or project; one of the article gets the focus. */
  function NewEntity({ work, of }) {
    const label = `Name of the ${nounOf(of)}`;
    const close = () => work.turn(null);
    const done = (id, found) => {
      if (found) corridor.announce(`${work.described(id)} is in the article already.`);
      work.focus(id);
      return true;
    };
    return html`<div class="editing" role="group" aria-label=${`Add ${nounOf(of)}`} onKeyDown=${keysOf(close)}>
      <${EntityPicker} ...${{ work, of, label, done, close }} />
    </div>`;
  }

  function relationFields(work) {
    const { record, slice } = work.article;
    const ends = [
      ...[...record.actors, ...record.projects].map(({ id, name }) => [id, name]),
      ...record.mentions
        .filter(({ entity, label }) => entity === null && !NO_ENDS.includes(label))
        .map(({ id, start, end }) => [id, `“${slice(start, end)}”`]),
    ];
    return [
      { name: "subject", label: "Who", type: "combo", of: ends, required: true },
      { name: "type", label: "Relation", type: "choice", of: work.choices.relation_types },
      { name: "object", label: "Whom or what", type: "combo", of: ends, required: true },
    ];
  }

  function Commitments({ work }) {
    const { record } = work.article;
    return html`<${Section}
      title="Commitments"
      count=${record.commitments.length}
      work=${work}
      what="commitment"
      add=${work.addByWords}
      open
    >
      ${corridor.ordered(record.commitments, work.decisions).map((part) => {
        const number = record.commitments.indexOf(part);
        const current = work.look.number === number;
        return html`<${CommitmentEditor} key=${part.id} ...${{ work, part, number, current }} />`;
      })}
    <//>`;
  }

  function Sectors({ work }) {
    const { sectors } = work.body.view;
    return html`<${Section} title="Sectors of the article" count=${sectors.length} work=${work}>
      <div class="more article-sectors">
        <${One}
          work=${work}
          id="article"
          text=${sectors.map(({ code }) => work.article.sector(code)).join(", ") || "no sectors"}
          removable=${false}
          form=${() => html`<${EditForm} work=${work} id="article" what="article" part=${{ sectors }} />`}
        />
      </div>
    <//>`;
  }

  function Sections({ work, now }) {
    const place = useRef(null);
    const { actors, projects, relations } = work.article.record;
    useEffect(() => {
      const current = place.current.querySelector(".card.current");
      if (current?.checkVisibility()) current.scrollIntoView({ block: "nearest" });
    }, [now, work.look.number]);
    const entities = (of) => ({ work, what: nounOf(of), form: () => html`<${NewEntity} work=${work} of=${of} />` });
    return html`<aside class="panel" aria-label="Results" ref=${place}>
      <${Commitments} work=${work} />
      <${Section} title="Actors" count=${actors.length} ...${entities("actors")}>
        ${actors.map((part) => html`<${ActorEditor} key=${part.id} work=${work} part=${part} current=${now === part.id} />`)}
      <//>
      <${Section} title="Projects" count=${projects.length} ...${entities("projects")}>
        ${projects.map((part) => html`<${ProjectEditor} key=${part.id} work=${work} part=${part} current=${now === part.id} />`)}
      <//>
      <${Section}
        title="Relations"
        count=${relations.length}
        work=${work}
        what="relation"
        form=${() => html`<${NewRelation} work=${work} />`}
      >
        ${relations.map((part) => html`<${RelationEditor} key=${corridor.relationId(part)} work=${work} part=${part} />`)}
      <//>
      <${Sectors} work=${work} />
    </aside>`;
  }

  Object.assign(corridor, { Sections });
}
