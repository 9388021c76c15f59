"use strict";
/* The results for the article, in sections with buttons to add more. */
{
  const { html, useEffect, useRef, useState, Form, IconButton, several, sureFrom, everything } = corridor;
  const { CommitmentEditor, ActorEditor, ProjectEditor, RelationEditor } = corridor;
  const NO_ENDS = ["MONEY", "DATE", "QUANTITY"]; // labels that cannot end a relation

  function Section({ title, count, accepted, work, what, form, add, children }) {
    const id = `new ${what}`;
    const press = add ?? (() => work.turn(work.open?.id === id ? null : { id, form: "new" }));
    return html`<details open>
      <summary>
        <h2>${title}</h2>
        <span class="count">${accepted} of ${count} accepted</span>
      </summary>
      <div class="more" data-id=${id}>
        <${IconButton} icon="add" label=${`Add ${what}`} press=${press}>Add ${what}<//>
        ${work.open?.id === id && form()}
      </div>
      ${children}
    </details>`;
  }

  /* The form of a new part; sends only the fields that were filled in. */
  function NewForm({ work, what, fields, before }) {
    const save = (now) => {
      const filled = Object.entries(now).filter(([, value]) => value !== null && value !== undefined);
      return work.add(what, Object.fromEntries(filled));
    };
    return html`<${Form}
      name=${`Add ${what}`}
      fields=${fields}
      before=${before}
      save=${save}
      button="Add"
      close=${() => work.turn(null)}
    />`;
  }

  const NEW = {
    actor: ({ actor_kinds: [kind] }) => ({ name: null, kind, country: null, role: null, aliases: [] }),
    project: () => ({ name: null, programme: false, sectors: [], countries: [], aliases: [] }),
    relation: ({ relation_types: [type] }) => ({ subject: null, type, object: null }),
  };

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

  const byPlace = (one, other) => one.part.trigger.start - other.part.trigger.start;

  function Sections({ work, now }) {
    const place = useRef(null);
    const { record } = work.article;
    const { look } = work;
    useEffect(() => {
      place.current.querySelector(".card.current")?.scrollIntoView({ block: "nearest" });
    }, [now, look.number]);
    const accepted = (parts, id) => parts.filter((part) => work.isAccepted(id(part))).length;
    const section = (what, title, parts, { id = ({ id }) => id, add, fields } = {}) => ({
      work, what, title, add, count: parts.length, accepted: accepted(parts, id),
      form: () => html`<${NewForm} work=${work} what=${what} fields=${fields()} before=${NEW[what](work.choices)} />`,
    }); // prettier-ignore
    const own = (what) => ({ fields: () => work.fields[what] });
    const commitments = record.commitments.map((part, number) => ({ part, number })).sort(byPlace);
    return html`<aside class="panel" aria-label="Results" ref=${place}>
      <${Sure} work=${work} />
      <${Section} ...${section("commitment", "Commitments", record.commitments, { add: work.addByWords })}>
        ${commitments.map(
          ({ part, number }) =>
            html`<${CommitmentEditor}
              key=${part.id}
              work=${work}
              part=${part}
              number=${number}
              current=${look.number === number}
            />`,
        )}
      <//>
      <${Section} ...${section("actor", "Actors", record.actors, own("actor"))}>
        ${record.actors.map(
          (part) => html`<${ActorEditor} key=${part.id} work=${work} part=${part} current=${now === part.id} />`,
        )}
      <//>
      <${Section} ...${section("project", "Projects", record.projects, own("project"))}>
        ${record.projects.map(
          (part) => html`<${ProjectEditor} key=${part.id} work=${work} part=${part} current=${now === part.id} />`,
        )}
      <//>
      <${Section}
        ...${section("relation", "Relations", record.relations, {
          id: corridor.relationId,
          fields: () => relationFields(work),
        })}
      >
        ${record.relations.map(
          (part) => html`<${RelationEditor} key=${corridor.relationId(part)} work=${work} part=${part} />`,
        )}
      <//>
    </aside>`;
  }

  /* How much is accepted, and a button to accept by confidence. Values in slots are accepted one by one. */
  function Sure({ work }) {
    const [least, setLeast] = useState("0.95");
    const { record } = work.article;
    const all = everything(record);
    const ids = sureFrom(record, Number(least)).filter((id) => !work.accepted.has(id));
    const submit = (event) => {
      event.preventDefault();
      if (ids.length) work.acceptAll(ids, `${several(ids.length, "part")} accepted`);
    };
    return html`<form class="sure-from" onSubmit=${submit}>
      <p>${work.accepted.size} of ${all.length} accepted</p>
      <progress max=${all.length} value=${work.accepted.size} aria-label="Accepted"></progress>
      <button type="submit" disabled=${!ids.length}>Accept ${ids.length}</button>
      <label>
        at confidence${" "}
        <input
          type="number"
          min="0"
          max="1"
          step="0.05"
          value=${least}
          onInput=${({ target }) => setLeast(target.value)}
        />
        ${" "}or more
      </label>
    </form>`;
  }

  Object.assign(corridor, { Sections });
}
