"use strict";
/* Fields of forms, by type; `change` is called with each new value, undefined while the input is not valid. */
{
  const { html, useEffect, useId, useMemo, useRef, useState, words, plain, IconButton } = corridor;
  const NONE = "choose one of the list";

  /* [[value, label]] with unique labels. */
  function apart(pairs) {
    const counts = new Map();
    for (const [, label] of pairs) counts.set(plain(label), (counts.get(plain(label)) ?? 0) + 1);
    return pairs.map(([value, label]) => [value, counts.get(plain(label)) > 1 ? `${label} (${value})` : label]);
  }

  function Labelled({ label, children, kind = "" }) {
    return html`<label class=${`field ${kind}`}><span>${label}</span>${children}</label>`;
  }

  function Words({ label, value, change, required, hint }) {
    return html`<${Labelled} label=${label}>
      <input
        type="text"
        dir="auto"
        value=${value ?? ""}
        required=${required}
        placeholder=${hint}
        maxlength="500"
        onInput=${({ target }) => change(target.value.trim() || null)}
      />
    <//>`;
  }

  /* A list, one value per line. */
  function Lines({ label, value, change }) {
    const read = ({ target }) =>
      change(
        target.value
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean),
      );
    return html`<${Labelled} label=${`${label}, one per line`} kind="wide">
      <textarea dir="auto" rows=${Math.min(Math.max(value.length, 2), 6)} onInput=${read}>${value.join("\n")}</textarea>
    <//>`;
  }

  function Sum({ label, value, change }) {
    const read = ({ target }) =>
      change(target.validity.badInput ? undefined : target.value === "" ? null : Number(target.value));
    return html`<${Labelled} label=${label}>
      <input type="number" min="0" step="any" value=${value ?? ""} onInput=${read} />
    <//>`;
  }

  function Check({ label, value, change }) {
    return html`<label class="field check">
      <input type="checkbox" checked=${value} onChange=${({ target }) => change(target.checked)} />
      <span>${label}</span>
    </label>`;
  }

  /* `of`: values, or pairs of value and label. Without a value one must be chosen. */
  function Choice({ label, value, change, of }) {
    const pairs = of.map((one) => (Array.isArray(one) ? one : [one, words(one)]));
    return html`<${Labelled} label=${label}>
      <select value=${value ?? ""} required=${value === null} onChange=${({ target }) => change(target.value)}>
        ${value === null && html`<option value="" disabled selected>choose …</option>`}
        ${pairs.map(([one, text]) => html`<option key=${one} value=${one} selected=${one === value}>${text}</option>`)}
      </select>
    <//>`;
  }

  /* One of many, found by typing a part of it; `typed(text)` is called with the input. */
  function Combo({ label, value, change, of, required, typed, refuse = true }) {
    const list = useId();
    const input = useRef(null);
    const pairs = useMemo(() => apart(of), [of]);
    const chosen = pairs.find(([one]) => one === value)?.[1] ?? "";
    const [text, setText] = useState(chosen);
    const known = text === "" ? null : pairs.find(([, other]) => plain(other) === plain(text.trim()))?.[0];
    useEffect(() => input.current.setCustomValidity(refuse && known === undefined ? NONE : ""), [known, refuse]);
    useEffect(() => value && setText(chosen), [value]);
    const read = ({ target }) => {
      const found = pairs.find(([, other]) => plain(other) === plain(target.value.trim()))?.[0];
      setText(target.value);
      typed?.(target.value.trim());
      change(target.value === "" ? null : found);
    };
    return html`<${Labelled} label=${label}>
      <input
        type="text"
        dir="auto"
        list=${list}
        value=${text}
        required=${required}
        autocomplete="off"
        ref=${input}
        onInput=${read}
      />
      <datalist id=${list}>${pairs.map(([one, other]) => html`<option key=${one} value=${other}></option>`)}</datalist>
    <//>`;
  }

  /* Several of many: those chosen, each with a button to remove it, and a field to add another. */
  function Several({ label, value, change, of }) {
    const [turn, setTurn] = useState(0);
    const group = useRef(null);
    const left = useMemo(() => of.filter(([one]) => !value.includes(one)), [of, value]);
    const labels = new Map(of);
    const again = () => setTimeout(() => group.current?.querySelector("input").focus());
    const add = (one) => {
      if (!one) return;
      change([...value, one]);
      setTurn(turn + 1);
      again();
    };
    const drop = (one) => {
      change(value.filter((other) => other !== one));
      again();
    };
    return html`<fieldset class="field wide several" ref=${group}>
      <legend>${label}</legend>
      <ul>
        ${value.map(
          (one) =>
            html`<li key=${one}>
              ${labels.get(one) ?? one}
              <${IconButton} icon="remove" label=${`Remove ${labels.get(one) ?? one}`} press=${() => drop(one)} />
            </li>`,
        )}
      </ul>
      <${Combo} key=${turn} label="Add" value=${null} change=${add} of=${left} />
    </fieldset>`;
  }

  const FIELDS = { words: Words, lines: Lines, sum: Sum, check: Check, choice: Choice, combo: Combo, several: Several };

  Object.assign(corridor, { FIELDS, Combo, Choice, apart });
}
