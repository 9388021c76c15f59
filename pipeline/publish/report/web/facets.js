"use strict";
/* Filters of a table: the values of a column with their counts, of which any number can be selected. */
{
  const { html, useState, useEffect, useRef, several, compare } = corridor;
  const MANY = 12; // with more values than this, the list can be searched

  function Facet({ label, values, chosen, name, change }) {
    const place = useRef(null);
    const [words, setWords] = useState("");
    useClosing(place);
    const shown = values.filter(([value]) => corridor.plain(name(value)).includes(corridor.plain(words)));
    const turn = (value, on) => change(on ? [...chosen, value] : chosen.filter((one) => one !== value));
    return html`<details class="facet" ref=${place}>
      <summary>
        ${label}
        ${chosen.length > 0 && html`<span class="count">${chosen.length}<span class="hidden"> chosen</span></span>`}
      </summary>
      <fieldset>
        <legend class="hidden">${label}</legend>
        ${
          values.length > MANY &&
          html`<input type="search" aria-label=${`Find in ${label}`} placeholder="Find" value=${words}
          onInput=${(event) => setWords(event.target.value)} />`
        }
        <ul>
          ${shown.map(
            ([value, count]) => html`<li key=${value}>
              <label>
                <input type="checkbox" checked=${chosen.includes(value)}
                  onChange=${(event) => turn(value, event.target.checked)} />
                <span class="name">${name(value)}</span>
                <span class="count" aria-label=${several(count, "row")}>${corridor.number(count)}</span>
              </label>
            </li>`,
          )}
        </ul>
        ${shown.length === 0 && html`<p>Nothing to choose</p>`}
      </fieldset>
    </details>`;
  }

  /* Closes on Escape, which returns the focus, and on clicks or focus elsewhere. */
  function useClosing(place) {
    useEffect(() => {
      const outside = (event) => place.current.contains(event.target) || (place.current.open = false);
      const escape = (event) => {
        if (event.key !== "Escape" || !place.current.open) return;
        if (place.current.contains(document.activeElement)) place.current.querySelector("summary").focus();
        place.current.open = false;
      };
      document.addEventListener("pointerdown", outside);
      document.addEventListener("focusin", outside);
      document.addEventListener("keydown", escape);
      return () => {
        document.removeEventListener("pointerdown", outside);
        document.removeEventListener("focusin", outside);
        document.removeEventListener("keydown", escape);
      };
    }, []);
  }

  /* The facets of a table, and the selected values. */
  function Facets({ table, query, change }) {
    const columns = table.getAllLeafColumns().filter(({ columnDef }) => columnDef.meta.facet);
    const chosen = columns.flatMap(({ id, columnDef: { meta } }) =>
      query.getAll(id).map((value) => [id, value, `${meta.label}: ${meta.facet(value)}`]),
    );
    const without = (id, value) => change({ [id]: query.getAll(id).filter((one) => one !== value), page: null });
    const none = () => change({ ...Object.fromEntries(columns.map(({ id }) => [id, null])), page: null });
    return html`
      <div class="facets" role="group" aria-label="Filters">
        ${columns.map((one) => {
          const { label, facet } = one.columnDef.meta;
          const narrow = (all) => change({ [one.id]: all, page: null });
          return html`<${Facet} key=${one.id} label=${label} values=${values(one, query)} name=${facet}
            chosen=${query.getAll(one.id)} change=${narrow} />`;
        })}
      </div>
      <${Chosen} chosen=${chosen} remove=${without} clear=${none} />`;
  }

  /* The values of a column with their counts in the rows that the other filters leave. */
  function values(column, query) {
    const { listed } = column.columnDef.meta;
    const found = new Map(query.getAll(column.id).map((value) => [value, 0]));
    for (const [value, count] of column.getFacetedUniqueValues()) found.set(value, count);
    const place = (value) => (listed ? listed.indexOf(value) : 0);
    return [...found].sort((a, b) => place(a[0]) - place(b[0]) || b[1] - a[1] || compare(a[0], b[0]));
  }

  /* The selected values, each with a button to remove it. `chosen`: [facet, value, words]. */
  function Chosen({ chosen, remove, clear }) {
    if (chosen.length === 0) return null;
    return html`<ul class="chosen" aria-label="Filters">
      ${chosen.map(
        ([facet, value, label]) => html`<li key=${`${facet}=${value}`}>
          <button type="button" onClick=${() => remove(facet, value)}>
            <span class="hidden">Remove filter </span>${label}<span aria-hidden="true"> ×</span>
          </button>
        </li>`,
      )}
      <li><button type="button" class="plain" onClick=${clear}>Clear all</button></li>
    </ul>`;
  }

  corridor.Facets = Facets;
}
