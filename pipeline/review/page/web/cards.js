"use strict";
/* Actors, projects and relations as cards that can be edited. */
{
  const { html, words, Value, Slot, Sure, Tools, One, Form, relationId } = corridor;

  /* A card with buttons; the card and its values have ids. A commitment has a decision in place of a tick: `decide` are
     its buttons, `note` what is known of it; `name` is read out, `state` is a class. */
  function EditCard({ work, id, what, current, head, sure, forms, form, decide, note, name, state, children }) {
    const ids = decide ? [] : work.within.get(id);
    const ticked = ids.length && ids.every((one) => work.accepted.has(one)) ? "accepted" : "";
    const classes = ["card", what, current && "current", state ?? ticked].filter(Boolean).join(" ");
    return html`<article class=${classes} data-id=${id} tabindex="-1" aria-label=${name ?? work.described(id)}>
      <h3>
        <span class="head">${head} <${Sure} of=${sure} /></span>
      </h3>
      <${Tools} work=${work} id=${id} ids=${ids} forms=${forms} decide=${decide} />
      ${note} ${work.open?.id === id && form?.(work.open.form)}
      <dl>${children}</dl>
    </article>`;
  }

  /* A line of values, each with its own id. */
  function Line({ name, of, each }) {
    return html`<${Slot} name=${name}>${of.map(each)}<//>`;
  }

  const mentioned = (work) => (mention) => {
    const { id, start, end, confidence } = mention;
    return html`<${One}
      key=${id}
      work=${work}
      id=${id}
      at=${[start, end]}
      sure=${confidence}
      text=${work.article.slice(start, end)}
    />`;
  };

  /* The present values of a part, for a form. */
  function valuesOf(fields, part) {
    const value = (name) =>
      ["sectors", "countries"].includes(name) ? part[name].map((one) => one.code ?? one) : (part[name] ?? null);
    return Object.fromEntries(fields.map(({ name }) => [name, value(name)]));
  }

  /* The form of a part; `what` names its fields. */
  function EditForm({ work, id, what, part }) {
    const fields = work.fields[what];
    const save = (now, changed) => work.set(id, changed);
    return html`<${Form}
      name=${`Edit ${work.described(id)}`}
      fields=${fields}
      before=${valuesOf(fields, part)}
      save=${save}
      close=${() => work.turn(null)}
    />`;
  }

  /* The form that merges two actors or two projects. */
  function MergeForm({ work, part, of }) {
    const others = of.filter(({ id }) => id !== part.id).map(({ id, name }) => [id, name]);
    const fields = [{ name: "into", label: `${part.name} is the same as`, type: "combo", of: others, required: true }];
    return html`<${Form}
      name=${`Merge ${part.name}`}
      fields=${fields}
      before=${{ into: null }}
      button="Merge"
      save=${({ into }) => work.merge(part.id, into)}
      close=${() => work.turn(null)}
    />`;
  }

  function EntityCard({ work, what, part, of, current, children }) {
    const { article } = work;
    const form = (kind) =>
      kind === "merge"
        ? html`<${MergeForm} work=${work} part=${part} of=${of} />`
        : html`<${EditForm} work=${work} id=${part.id} what=${what} part=${part} />`;
    const head = html`<${Value} at=${article.firstOf(part)} look=${work.look}>${corridor.named(part)}<//>`;
    return html`<${EditCard}
      work=${work}
      id=${part.id}
      what=${what}
      current=${current}
      head=${head}
      form=${form}
      sure=${part.confidence}
      forms=${{ edit: true, merge: of.length > 1 }}
    >
      ${children}
      <${Slot} name="also">${part.aliases.map((name) => html`<bdi>${name}</bdi>`)}<//>
      <${Line} name="named" of=${article.mentionsOf(part)} each=${mentioned(work)} />
    <//>`;
  }

  function ActorEditor({ work, part, current }) {
    const { article } = work;
    return html`<${EntityCard} work=${work} what="actor" part=${part} of=${article.record.actors} current=${current}>
      <${Slot} name="kind">${words(part.kind)}<//>
      <${Slot} name="country">${part.country && article.country(part.country)}<//>
      <${Slot} name="role">${part.role && html`<bdi>${part.role}</bdi>`}<//>
    <//>`;
  }

  function ProjectEditor({ work, part, current }) {
    const { article } = work;
    const sectors = part.sectors.map(({ code }) => article.sector(code));
    return html`<${EntityCard}
      work=${work}
      what="project"
      part=${part}
      of=${article.record.projects}
      current=${current}
    >
      <${Slot} name="kind">${part.programme ? "programme" : "project"}<//>
      <${Slot} name="country">${part.countries.map(article.country).join(", ")}<//>
      <${Slot} name="sector">${sectors.join(", ")}<//>
    <//>`;
  }

  function RelationEditor({ work, part }) {
    const { article } = work;
    const { start, end } = part.evidence;
    const party = (id) =>
      html`<${Value} at=${article.placeOf(id, [part.evidence])} look=${work.look}> ${article.nameOf(id)}<//>`;
    const head = html`${party(part.subject)}
      <${Value} at=${[start, end]} look=${work.look}>${words(part.type)}<//> ${party(part.object)}`;
    return html`<${EditCard}
      work=${work}
      id=${relationId(part)}
      what="relation"
      head=${head}
      sure=${part.confidence}
    />`;
  }

  Object.assign(corridor, { EditCard, EditForm, Line, ActorEditor, ProjectEditor, RelationEditor });
}
