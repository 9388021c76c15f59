"use strict";
/* A field to find one of many by typing: those of the article, then known names that are near, then a new one. */
{
  const { html, useEffect, useId, useLayoutEffect, useRef, useState, plain, several, useNear, originOf } = corridor;
  const MOST = 40; // shown at once
  const EQUAL = 101; // better than any near name
  const PART = 95;
  const NEW = -1;

  const scoreOf = (text, names) => {
    const found = names.map(plain);
    if (found.includes(text)) return EQUAL;
    return found.some((name) => ` ${name}`.includes(` ${text}`)) ? PART : found.some((name) => name.includes(text)) ? 90 : 0;
  };

  /* Those that match what was typed. `of`: [[value, label, other names]]. */
  function matching(of, typed) {
    const text = plain(typed);
    if (!text) return of.slice(0, MOST).map(([value, label]) => ({ key: value, value, label, score: 0 }));
    return of
      .map(([value, label, more = []]) => ({ key: value, value, label, score: scoreOf(text, [label, value, ...more]) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, MOST);
  }

  /* Options in the order of the list; near names of the article that match already are not repeated. */
  function optionsFor({ of, remote, typed, near, noun }) {
    const own = matching(of, typed);
    const there = new Set(own.map(({ value }) => value));
    const fresh = near.filter(({ id }) => id === null || !there.has(id));
    const others = fresh.map((one, place) => ({
      key: `near ${place}`,
      label: one.name,
      from: originOf(one),
      score: one.score,
      ...(one.id === null ? { known: one } : { value: one.id }),
    }));
    const isNew = remote && typed;
    const made = { key: "new", label: `Create new ${noun} “${typed}” …`, score: NEW, create: typed };
    return [...own, ...others.filter(({ value }) => value), ...others.filter(({ known }) => known), ...(isNew ? [made] : [])];
  }

  const best = (options) => options.reduce((found, one, place) => (one.score > options[found].score ? place : found), 0);

  /* `of`: [[value, label, other names]]; `remote`: "actors" or "projects", to look up near names; `without`: values that
     are not offered before their names are typed; `auto`: takes the focus; `choose` is called with {value}, {known: a near name} or {create: text}. */
  function Picker({ article, label, of, remote = null, without = [], choose, start = "", auto = true }) {
    const [list, input] = [useId(), useRef(null)];
    const [text, setText] = useState(start);
    const [moved, setMoved] = useState(null);
    const typed = text.trim();
    const answer = useNear(article, remote, typed);
    const isCurrent = !remote || !typed || answer.typed === typed;
    const near = isCurrent && typed ? answer.near : [];
    const noun = remote?.slice(0, -1);
    const left = typed ? of : of.filter(([value]) => !without.includes(value));
    const options = optionsFor({ of: left, remote: isCurrent && remote, typed, near, noun });
    const at = options.length ? Math.min(moved ?? best(options), options.length - 1) : -1;
    useLayoutEffect(() => {
      if (auto) input.current.focus({ preventScroll: true });
      input.current.closest(".editing")?.scrollIntoView({ block: "nearest" });
    }, []);
    useEffect(() => {
      document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
    }, [at, options.length]);
    const step = (by) => options.length && setMoved((at + by + options.length) % options.length);
    const keys = (event) => {
      const act = {
        ArrowDown: () => step(1),
        ArrowUp: () => step(-1),
        Enter: () => options[at] && choose(options[at]),
      }[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    };
    const read = ({ target }) => {
      setText(target.value);
      setMoved(null);
    };
    const count = isCurrent ? several(options.filter(({ create }) => !create).length, "name") : "searching";
    return html`<div class="field wide picker">
      <label for=${`${list}-input`}>${label}</label>
      <input
        type="text"
        dir="auto"
        id=${`${list}-input`}
        role="combobox"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls=${list}
        aria-activedescendant=${at >= 0 ? `${list}-${at}` : undefined}
        autocomplete="off"
        maxlength="500"
        value=${text}
        ref=${input}
        onInput=${read}
        onKeyDown=${keys}
      />
      <ul role="listbox" id=${list} aria-label=${label}>
        ${options.map(
          (one, place) =>
            html`<li
              key=${one.key}
              id=${`${list}-${place}`}
              role="option"
              class=${one.create ? "new" : ""}
              aria-selected=${place === at}
              onMouseDown=${(event) => event.preventDefault()}
              onClick=${() => choose(one)}
            >
              <bdi>${one.label}</bdi> ${one.from && html`<span class="from">${one.from}</span>`}
            </li>`,
        )}
        ${!options.length && html`<li class="none" role="option" aria-disabled="true" aria-selected="false">
          ${isCurrent ? "none" : "searching …"}
        </li>`}
      </ul>
      <p class="hidden" role="status">${typed && `${count} for ${typed}`}</p>
    </div>`;
  }

  Object.assign(corridor, { Picker });
}
