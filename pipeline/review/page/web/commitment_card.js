"use strict";
/* A commitment: what was undertaken, by whom, for whom, how much, by when, who says so, each with its words. */
{
  const { html, words, Sure, Value, Slot, Card } = corridor;

  function CommitmentCard({ commitment, number, article, look, current }) {
    const { evidence, trigger } = commitment;
    const whole = evidence.length > 0 ? [evidence[0].start, evidence[0].end] : [trigger.start, trigger.end];
    const carrier = [trigger.start, trigger.end];
    const parties = (ids) => ids.map((id) => html`<${Value} key=${id} at=${article.placeOf(id, evidence)} sure=${article.sureOf(id)} look=${look}>${article.nameOf(id)}<//> `);
    const values = (found) => found.map(({ start, end, says, confidence }) => html`<${Value} key=${start} at=${[start, end]} sure=${confidence} look=${look}>${says ?? article.slice(start, end)}<//> `);
    return html`<${Card} what="commitment" part=${commitment} article=${article} id=${commitment.id} current=${current}>
      <h3>
        <button type="button" class="value whole" aria-pressed=${current} onClick=${(event) => look.commitment(number, event.currentTarget)}>
          <span class="number">${number + 1}</span> ${words(commitment.kind)}, <span class=${`status ${commitment.status}`}>${words(commitment.status)}</span>
          ${commitment.negated && html` <span class="denied">denied</span>`}
        </button>
        <${Sure} of=${commitment.confidence} />
      </h3>
      <dl>
        <${Slot} name="by">${parties(commitment.by)}<//>
        <${Slot} name="with">${parties(commitment.with)}<//>
        <${Slot} name="to">${parties(commitment.to)}<//>
        <${Slot} name="on">${parties(commitment.projects)}<//>
        <${Slot} name="how much">${values(commitment.amounts)}<//>
        <${Slot} name="when">${values(commitment.dates)}<//>
        <${Slot} name="sector">${commitment.sectors.map((code) => html`<${Value} key=${code} at=${whole} sure=${article.sureOfSector(code)} look=${look}>${article.sector(code)}<//> `)}<//>
        <${Slot} name="said by">${parties(commitment.attributed_to ? [commitment.attributed_to] : [])}<//>
        <${Slot} name="words">
          <${Value} at=${carrier} look=${look}>${article.slice(...carrier)}<//> ${evidence.map(({ start, end }, place) => html`<${Value} key=${start} at=${[start, end]} look=${look}>${place === 0 ? "its sentence" : "told again"}<//> `)}
        <//>
      </dl>
      <p class="method">${commitment.method}</p>
    <//>`;
  }

  corridor.CommitmentCard = CommitmentCard;
}
