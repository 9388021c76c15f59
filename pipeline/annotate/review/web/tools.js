"use strict";
/* What can be done with a thing: accept, edit, add to it, join it with another, remove it. */
{
  const { html, Value, IconButton, spoken } = corridor;

  /* `ids`: what its tick accepts; `forms`: the forms it has, {edit, add, merge} to true. */
  function Tools({ work, id, ids = [id], forms = {}, removable = true }) {
    const { article, accepted, desk, turn, open } = work;
    const told = spoken(article, id);
    const settled = ids.every((one) => accepted.has(one));
    const all = ids.length > 1 ? ` with all its values` : "";
    const toggle = (form) => () => turn(open?.id === id && open.form === form ? null : { id, form });
    const button = (form, label) =>
      forms[form] && html`<${IconButton} icon=${form} label=${`${label} ${told}`} press=${toggle(form)} />`;
    return html`<span class="tools">
      <${IconButton} icon="accept" label=${`Accept ${told}${all}`} pressed=${settled} press=${() => work.accept(id)} />
      ${button("edit", "Edit")} ${button("add", "Add to")} ${button("merge", "Say who else is")}
      ${removable && html`<${IconButton} icon="remove" label=${`Remove ${told}`} press=${() => work.remove(id)} />`}
    </span>`;
  }

  /* A value of a card with its tools, and its form where that is open. */
  function One({ work, id, at, sure, told, form, removable = true }) {
    const edited = form && work.open?.id === id;
    return html`<span class=${`one${work.accepted.has(id) ? " settled" : ""}`} data-id=${id}>
      <${Value} at=${at} sure=${sure} look=${work.look}>${told}<//>
      <${Tools} work=${work} id=${id} forms=${{ edit: Boolean(form) }} removable=${removable} />
      ${edited && form()}
    </span>`;
  }

  Object.assign(corridor, { Tools, One });
}
