"use strict";
/* Controls that several views use. */
{
  const { html, useState, useEffect, useRef } = corridor;

  function Least({ value, change }) {
    const turn = (event) => change(Number(event.target.value));
    const title = "Of commitments the row confidence; of other parts, once you choose, their own";
    return html`<label class="least" title=${title}>
      <span>Confidence from</span>
      <input type="range" min="0" max="1" step="0.05" value=${value} onInput=${turn} />
      <output>${value.toFixed(2)}</output>
    </label>`;
  }

  /* Reports the text when typing pauses. */
  function Search({ label, value, change }) {
    const [typed, setTyped] = useState(value);
    const report = useRef(change);
    report.current = change;
    useEffect(() => setTyped(value), [value]);
    useEffect(() => {
      const wait = setTimeout(() => typed !== value && report.current(typed), 200);
      return () => clearTimeout(wait);
    }, [typed]);
    return html`<input type="search" class="search" dir="auto" aria-label=${label} placeholder=${label} value=${typed}
      onInput=${(event) => setTyped(event.target.value)} />`;
  }

  function Message({ children }) {
    return html`<p class="message" role="status" aria-live="polite">${children}</p>`;
  }

  function Pager({ page, pages, size, sizes, first, last, all, change }) {
    const turn = (to) => change({ page: to > 1 ? to : null });
    return html`<nav class="pager" aria-label="Pages of the table">
      <button type="button" disabled=${page <= 1} onClick=${() => turn(page - 1)}>Previous</button>
      <span>${corridor.number(first)} to ${corridor.number(last)} of ${corridor.number(all)}</span>
      <button type="button" disabled=${page >= pages} onClick=${() => turn(page + 1)}>Next</button>
      <label><span>Rows</span>
        <select value=${size} onChange=${(event) => change({ size: event.target.value, page: null })}>
          ${sizes.map((count) => html`<option value=${count}>${count}</option>`)}
        </select>
      </label>
    </nav>`;
  }

  /* A row of labelled numbers. */
  function Tiles({ of }) {
    return html`<dl class="tiles">
      ${of.map(([name, value]) => html`<div><dt>${name}</dt><dd>${corridor.number(value)}</dd></div>`)}
    </dl>`;
  }

  Object.assign(corridor, { Least, Search, Message, Pager, Tiles });
}
