"use strict";
/* The buttons of a card or value: accept or decide, edit, add to it, merge it, remove it. */
{
  const { html, Value, IconButton, described } = corridor;

  /* `ids`: what the tick accepts, none for no tick; `forms`: which forms it has, {edit, add, merge} to true;
     `decide`: the buttons of a decision, in place of the tick and the cross. */
  function Tools({ work, id, ids = [], forms = {}, removable = true, decide = null }) {
    const { article, accepted, turn, open } = work;
    const name = described(article, id);
    const isAccepted = ids.every((one) => accepted.has(one));
    const all = ids.length > 1 ? ` with all its values` : "";
    const toggle = (form) => () => turn(open?.id === id && open.form === form ? null : { id, form });
    const button = (form, label) =>
      forms[form] && html`<${IconButton} icon=${form} label=${`${label} ${name}`} press=${toggle(form)} />`;
    const tick = html`<${IconButton}
      icon="accept"
      label=${`Accept ${name}${all}`}
      pressed=${isAccepted}
      press=${() => work.accept(id)}
    />`;
    return html`<span class="tools">
      ${decide ?? (ids.length > 0 && tick)}
      ${button("edit", "Edit")} ${button("add", "Add to")} ${button("merge", "Merge")}
      ${!decide && removable && html`<${IconButton} icon="remove" label=${`Remove ${name}`} press=${() => work.remove(id)} />`}
    </span>`;
  }

  /* A value of a card with its buttons, and its form if that is open. */
  function One({ work, id, at, sure, text, drawn, form, removable = true }) {
    const edited = form && work.open?.id === id;
    return html`<span class=${`one${work.accepted.has(id) ? " accepted" : ""}`} data-id=${id} data-at=${at?.join("-")}>
      <${Value} at=${at} sure=${sure} look=${work.look}>${drawn || text}<//>
      <${Tools} work=${work} id=${id} forms=${{ edit: Boolean(form) }} removable=${removable} />
      ${edited && form()}
    </span>`;
  }

  Object.assign(corridor, { Tools, One });
}
