"use strict";
/* The form that adds a value to a slot of a commitment: an actor or project, a sector, or words. */
{
  const { html, useState, SLOTS, Combo, Choice, keysOf } = corridor;
  const LABELS = { amounts: "MONEY", dates: "DATE" };

  /* The values that a slot can take: [[value, label]]. */
  function valuesFor(work, slot) {
    const { record, slice } = work.article;
    const of = work.choices.slots[slot];
    if (of === "sectors") return work.fields.sectors;
    if (of in LABELS) {
      const mentions = record.mentions.filter(({ label }) => label === LABELS[of]);
      return mentions.map(({ start, end, value }) => [
        `${start}:${end}`,
        [slice(start, end), value].filter(Boolean).join(" · "),
      ]);
    }
    return record[of].map(({ id, name }) => [id, name]);
  }

  /* The operation that adds a value to a slot. */
  function put(commitment, slot, value) {
    const offsets = value
      .match(/^(\d+):(\d+)$/)
      ?.slice(1)
      .map(Number);
    return { do: "add_slot", id: commitment, slot, ...(offsets ? { start: offsets[0], end: offsets[1] } : { value }) };
  }

  function SlotForm({ work, commitment, close }) {
    const [slot, setSlot] = useState("by");
    const [value, setValue] = useState(null);
    const [typed, setTyped] = useState("");
    const [kind, setKind] = useState(work.choices.actor_kinds[0]);
    const of = work.choices.slots[slot];
    const isNew = value === undefined && (of === "actors" || of === "projects");
    const choose = (name) => {
      setSlot(name);
      if (work.choices.slots[name] !== of) setValue(null);
    };
    const save = async () => {
      const filler = isNew ? await work.addEntity(of, typed, kind) : value;
      const body = filler && (await work.fill(commitment, slot, filler));
      if (body) close();
    };
    const submit = (event) => {
      event.preventDefault();
      save();
    };
    return html`<form
      class="editing"
      aria-label=${`Add to commitment ${commitment}`}
      onSubmit=${submit}
      onKeyDown=${keysOf(close)}
    >
      <fieldset class="field wide chips">
        <legend>Add to ${commitment}</legend>
        ${[...SLOTS].map(
          ([name, label]) =>
            html`<label key=${name}>
              <input
                type="radio"
                name="slot"
                checked=${name === slot}
                onChange=${() => choose(name)}
                ref=${(input) => name === "by" && !input?.form?.contains(document.activeElement) && input?.focus()}
              />
              <span>${label}</span>
            </label>`,
        )}
      </fieldset>
      <${Combo}
        key=${of}
        label=${SLOTS.get(slot)}
        value=${value}
        change=${setValue}
        typed=${setTyped}
        required
        of=${valuesFor(work, slot)}
        refuse=${!["actors", "projects"].includes(of)}
      />
      ${isNew && of === "actors" && html`<${Choice} label="Kind of the new actor" value=${kind} change=${setKind} of=${work.choices.actor_kinds} />`}
      ${of in LABELS && html`<p class="hint">Or choose the words in the text.</p>`}
      <div class="buttons">
        <button type="submit" class="primary">${isNew ? `Add as a new ${of.slice(0, -1)}` : "Add"}</button>
        <button type="button" onClick=${close}>Cancel</button>
      </div>
    </form>`;
  }

  Object.assign(corridor, { SlotForm, put, LABELS });
}
