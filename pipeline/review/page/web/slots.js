"use strict";
/* Forms for the values of a commitment: to add one to a slot, and to put another in its place. */
{
  const { html, useState, SLOTS, Picker, EntityPicker, keysOf, inSlot } = corridor;
  const LABELS = { amounts: "MONEY", dates: "DATE" };
  const ENTITIES = ["actors", "projects"];

  /* The values that a slot of sectors or words can take: [[value, label]]. */
  function valuesFor(work, of) {
    const { record, slice } = work.article;
    if (of === "sectors") return work.fields.sectors;
    return record.mentions
      .filter(({ label }) => label === LABELS[of])
      .map(({ start, end, value }) => [`${start}:${end}`, [slice(start, end), value].filter(Boolean).join(" · ")]);
  }

  const offsetsIn = (value) =>
    value
      .match(/^(\d+):(\d+)$/)
      ?.slice(1)
      .map(Number);

  /* The operation that adds a value to a slot. */
  function put(commitment, slot, value) {
    const offsets = offsetsIn(value);
    return { do: "add_slot", id: commitment, slot, ...(offsets ? { start: offsets[0], end: offsets[1] } : { value }) };
  }

  /* Finds a value for a slot, and calls `done` with it. */
  function ValuePicker({ work, commitment, slot, label, auto, done, close }) {
    const of = work.choices.slots[slot];
    const there = inSlot(commitment, slot).map((one) => (one.end ? `${one.start}:${one.end}` : one));
    const shared = { label, auto, without: there };
    const take = (value) =>
      there.includes(value) ? corridor.announce(`${label}: that is there already.`) : done(value);
    return ENTITIES.includes(of)
      ? html`<${EntityPicker} key=${of} work=${work} of=${of} ...${shared} done=${take} close=${close} />`
      : html`<${Picker}
          key=${of}
          ...${shared}
          of=${valuesFor(work, of)}
          choose=${({ value }) => {
            close();
            take(value);
          }}
        />`;
  }

  /* Puts another value in the place of one. */
  function ReplaceForm({ work, commitment, slot, id, close }) {
    const label = `${SLOTS.get(slot)}, instead of ${work.valued(id)}`;
    const done = (value) => work.replace(id, commitment.id, slot, value);
    return html`<div class="editing" role="group" aria-label=${label} onKeyDown=${keysOf(close)}>
      <${ValuePicker} ...${{ work, commitment, slot, label, done, close }} />
    </div>`;
  }

  function SlotForm({ work, commitment, close }) {
    const [slot, setSlot] = useState("by");
    const { id } = commitment;
    const done = (value) => work.fill(id, slot, value);
    return html`<div class="editing" role="group" aria-label=${`Add to commitment ${id}`} onKeyDown=${keysOf(close)}>
      <fieldset class="field wide chips">
        <legend>Add to ${id}</legend>
        ${[...SLOTS].map(
          ([name, label]) =>
            html`<label key=${name}>
              <input
                type="radio"
                name="slot"
                checked=${name === slot}
                onChange=${() => setSlot(name)}
                ref=${(input) => name === "by" && !input?.closest(".editing").contains(document.activeElement) && input?.focus()}
              />
              <span>${label}</span>
            </label>`,
        )}
      </fieldset>
      <${ValuePicker} ...${{ work, commitment, slot, label: SLOTS.get(slot), auto: false, done, close }} />
      ${work.choices.slots[slot] in LABELS && html`<p class="hint">Or choose the words in the text.</p>`}
      <div class="buttons"><button type="button" onClick=${close}>Cancel</button></div>
    </div>`;
  }

  Object.assign(corridor, { SlotForm, ReplaceForm, put, offsetsIn, LABELS });
}
