"use strict";
/* Forms, and the fields of each part of a record. */
{
  const { html, useLayoutEffect, useRef, useState, FIELDS } = corridor;

  const FIRST = "input, select, textarea";

  const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

  /* The values that were changed. */
  const changes = (fields, before, now) =>
    Object.fromEntries(
      fields.filter(({ name }) => !same(before[name], now[name])).map(({ name }) => [name, now[name]]),
    );

  /* Escape closes a form, Enter submits it from a list too. */
  const keysOf = (close) => (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target.matches("select")) event.currentTarget.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /* `save(values, changed)` returns whether it was done; then, or on Escape, `close()` closes the form. `titled`: shows
     its name; `first`: what gets the focus, by a selector. */
  function Form({ name, fields, before = {}, save, close, button = "Save", titled, first = FIRST }) {
    const [now, setNow] = useState(before);
    const form = useRef(null);
    useLayoutEffect(() => {
      const start = form.current.querySelector(first);
      start?.focus();
      start?.select?.();
    }, []);
    const submit = async (event) => {
      event.preventDefault();
      if (await save(now, changes(fields, before, now))) close();
    };
    return html`<form class="editing" aria-label=${name} ref=${form} onSubmit=${submit} onKeyDown=${keysOf(close)}>
      ${titled && html`<p class="question">${name}</p>`}
      ${fields.map(({ name: field, type, ...more }) => {
        const change = (value) => setNow((values) => ({ ...values, [field]: value }));
        return html`<${FIELDS[type]} key=${field} ...${more} value=${now[field]} change=${change} />`;
      })}
      <div class="buttons">
        <button type="submit" class="primary">${button}</button>
        <button type="button" onClick=${close}>Cancel</button>
      </div>
    </form>`;
  }

  /* The fields of each part, with the value sets of the server. */
  function fieldsOf(choices) {
    const countries = choices.countries.map(({ code, name }) => [code, name]);
    const sectors = choices.sectors.map(({ code, label }) => [code, `${label} (${code})`]);
    const currencies = choices.currencies.map((code) => [code, code]);
    const names = { name: "name", label: "Name", type: "words", required: true };
    const english = { name: "name_en", label: "English name", type: "words" };
    const aliases = { name: "aliases", label: "Other names", type: "lines" };
    return {
      commitment: [
        { name: "status", label: "Status", type: "choice", of: choices.statuses },
        { name: "kind", label: "Kind", type: "choice", of: choices.commitment_kinds },
        { name: "negated", label: "Denied in the text", type: "check" },
      ],
      actor: [
        names,
        english,
        { name: "kind", label: "Kind", type: "choice", of: choices.actor_kinds },
        { name: "country", label: "Country", type: "combo", of: countries },
        { name: "role", label: "Role", type: "words" },
        aliases,
      ],
      project: [
        names,
        english,
        { name: "programme", label: "A programme, with projects under it", type: "check" },
        { name: "sectors", label: "Sectors", type: "several", of: sectors },
        { name: "countries", label: "Countries", type: "several", of: countries },
        aliases,
      ],
      amounts: [
        { name: "value", label: "Value", type: "sum" },
        { name: "currency", label: "Currency", type: "combo", of: currencies },
        { name: "low", label: "At least", type: "sum" },
        { name: "high", label: "At most", type: "sum" },
        { name: "approximate", label: "About", type: "check" },
      ],
      dates: [{ name: "iso", label: "Date", type: "words", hint: "2028, 2025-06, 2025-06-30, 2025-07/2026-06" }],
      article: [{ name: "sectors", label: "Sectors of the article", type: "several", of: sectors }],
      sectors,
    };
  }

  Object.assign(corridor, { Form, fieldsOf, keysOf });
}
