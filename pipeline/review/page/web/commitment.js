"use strict";
/* The card of a commitment: its row, the decision on it, and every value of every slot editable. */
{
  const { html, words, Status, Slot, Value, One, Line, EditCard, EditForm, SlotForm, ReplaceForm } = corridor;
  const { SLOTS, inSlot, slotId, Decide, Decided } = corridor;

  /* How a value of a slot is shown: its offsets, confidence and words. */
  function shownIn(work, commitment, slot) {
    const { article } = work;
    const { evidence, trigger } = commitment;
    const whole = evidence[0] ?? trigger;
    const of = work.choices.slots[slot];
    if (of === "sectors")
      return (code) => ({ at: [whole.start, whole.end], sure: article.sureOfSector(code), text: article.sector(code) });
    if (of === "amounts" || of === "dates")
      return ({ start, end, value, confidence }) => {
        const quote = article.slice(start, end);
        return { at: [start, end], sure: confidence, text: value && value !== quote ? `${value} “${quote}”` : quote,
          drawn: value && value !== quote && html`${value} “<bdi>${quote}</bdi>”` };
      };
    return (id) => ({ at: article.placeOf(id, evidence), sure: article.sureOf(id), text: article.nameOf(id) });
  }

  /* The flow of money in words: "loan from Mekong Bank to Laos, interest 2%"; null if no money moves. `draw(text)` is how
     names and terms are shown. */
  function flowOf({ article }, { flow }, draw = (text) => text) {
    if (!flow) return null;
    const named = (ids) => draw(ids.map(article.nameOf).join(" and "));
    const ends = [["from", flow.provider], ["to", flow.recipient]].filter(([, ids]) => ids.length);
    const terms = Object.entries(flow.terms).flatMap(([term, text]) => [`, ${term} `, draw(text)]);
    return [words(flow.instrument), ...ends.flatMap(([word, ids]) => [` ${word} `, named(ids)]), ...terms];
  }

  /* The row in one line, as it is read out. Sectors are no part of the row that is decided on. */
  function summaryOf(work, part) {
    const row = [...SLOTS].filter(([slot]) => slot !== "sectors");
    const slots = row.flatMap(([slot, label]) => {
      const values = inSlot(part, slot).map((value) => shownIn(work, part, slot)(value).text);
      return values.length ? [`${label} ${values.join(" and ")}`] : [];
    });
    const { decision, reopened } = work.decisions.get(part.id);
    const state = decision ?? (reopened ? `to decide again: ${reopened}` : "not decided");
    const denied = part.negated ? " (denied)" : "";
    return [`Commitment ${part.id}, ${state}`, `${words(part.kind)}, ${words(part.status)}${denied}`, ...slots, flowOf(work, part)?.join("")]
      .filter(Boolean)
      .join("; ");
  }

  function SlotLine({ work, commitment, slot }) {
    const shown = shownIn(work, commitment, slot);
    const raw = work.raw.get(commitment.id);
    const close = () => work.turn(null);
    const each = (value, place) => {
      const id = slotId(commitment.id, slot, value);
      const form = () =>
        ["amounts", "dates"].includes(slot)
          ? html`<${EditForm} work=${work} id=${id} what=${slot} part=${raw[slot][place]} />`
          : html`<${ReplaceForm} ...${{ work, commitment, slot, id, close }} />`;
      return html`<${One} key=${id} work=${work} id=${id} form=${form} ...${shown(value)} />`;
    };
    return html`<${Line} name=${SLOTS.get(slot)} of=${inSlot(commitment, slot)} each=${each} />`;
  }

  function CommitmentEditor({ work, part, number, current }) {
    const { id, kind, status, negated, trigger, evidence } = part;
    const form = (which) =>
      which === "add"
        ? html`<${SlotForm} work=${work} commitment=${part} close=${() => work.turn(null)} />`
        : html`<${EditForm} work=${work} id=${id} what="commitment" part=${part} />`;
    const head = html`<button
      type="button"
      class="value whole"
      aria-pressed=${current}
      onClick=${(event) => work.look.commitment(number, event.currentTarget)}
    >
      <span class="number">${id}</span> ${words(kind)}, <${Status} status=${status} negated=${negated} />
    </button>`;
    const at = ({ start, end }) => [start, end];
    const line = (slot) => html`<${SlotLine} key=${slot} work=${work} commitment=${part} slot=${slot} />`;
    return html`<${EditCard}
      work=${work}
      id=${id}
      what="commitment"
      name=${summaryOf(work, part)}
      state=${work.decisions.get(id).decision ?? "open"}
      current=${current}
      head=${head}
      form=${form}
      sure=${part.row_confidence ?? part.confidence}
      forms=${{ edit: true, add: true }}
      decide=${html`<${Decide} work=${work} id=${id} />`}
      note=${html`<${Decided} work=${work} id=${id} />`}
    >
      ${[...SLOTS.keys()].map(line)}
      <${Slot} name="flow">${part.flow && html`<span>${flowOf(work, part, (text) => html`<bdi>${text}</bdi>`)}</span>`}<//>
      <${Slot} name="words"><${Value} at=${at(trigger)} look=${work.look}>${work.article.slice(...at(trigger))}<//><//>
      <${Slot} name="sentence">
        ${evidence.map(
          (one, place) =>
            html`<${Sentence}
              key=${one.start}
              work=${work}
              commitment=${part}
              one=${one}
              name=${place === 0 ? "main" : "another"}
            />`,
        )}
      <//>
    <//>`;
  }

  /* An evidence sentence; that of the trigger cannot be removed. */
  function Sentence({ work, commitment, one, name }) {
    const { start, end } = one;
    const own = start <= commitment.trigger.start && commitment.trigger.start < end;
    const drop = () => work.keepEvidence(commitment.id, (sentence) => sentence.start !== start);
    return html`<span class="one">
      <${Value} at=${[start, end]} look=${work.look}>${name}<//>
      ${
        !own &&
        html`<span class="tools">
          <${corridor.IconButton}
            icon="remove"
            label=${`Remove this sentence from ${commitment.id}`}
            press=${drop}
          />
        </span>`
      }
    </span>`;
  }

  Object.assign(corridor, { CommitmentEditor });
}
