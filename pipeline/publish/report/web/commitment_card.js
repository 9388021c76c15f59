"use strict";
/* A commitment: kind, by whom, to whom, how much, by when and who says so, each with its words. */
{
  const { html, chance, words, Sure, Status, Values, Slot, Card } = corridor;

  function CommitmentCard({ commitment, number, article, look, current }) {
    const { evidence, trigger, flow } = commitment;
    const whole = evidence[0] ?? trigger;
    const party = (id) => ({ at: article.placeOf(id, evidence), sure: article.sureOf(id), text: article.nameOf(id) });
    const at = ({ start, end }) => [start, end];
    const sector = (code) => ({ at: at(whole), sure: article.sureOfSector(code), text: article.sector(code) });
    const value = (one) => ({ at: at(one), sure: one.confidence, text: one.value ?? article.slice(...at(one)) });
    const statement = (one, place) => [place === 0 ? "main" : "another", article.pageOf(one.start)];
    const sentence = (one, place) => ({ at: at(one), text: statement(one, place).filter(Boolean).join(", ") });
    const lines = [
      ["by", commitment.by, party],
      ["with", commitment.with, party],
      ["to", commitment.to, party],
      ["on", commitment.projects, party],
      ["how much", commitment.amounts, value],
      ["instrument", flow ? [flow.instrument] : [], (instrument) => ({ at: at(whole), text: words(instrument) })],
      ["provider", flow?.provider ?? [], party],
      ["recipient", flow?.recipient ?? [], party],
      ["terms", Object.entries(flow?.terms ?? {}), ([term, text]) => ({ at: at(whole), text: html`${term} <bdi>${text}</bdi>` })],
      ["when", commitment.dates, value],
      ["sector", commitment.sectors, sector],
      ["said by", [commitment.attributed_to].filter(Boolean), party],
      ["words", [trigger], value],
      ["sentence", evidence, sentence],
    ];
    return html`<${Card} what="commitment" part=${commitment} article=${article} current=${current}>
      <h3>
        <button type="button" class="value whole" aria-pressed=${current}
          onClick=${(event) => look.commitment(number, event.currentTarget)}>
          <span class="number">${number + 1}</span> ${words(commitment.kind)}, <${Status} ...${commitment} />
        </button>
        <${Sure} of=${chance(commitment)} />
      </h3>
      <dl>
        ${lines.map(
          ([name, of, each], place) => html`<${Values} key=${place} name=${name} of=${of} each=${each} look=${look} />`,
        )}
        <${Slot} name="method">${commitment.method}<//>
      </dl>
    <//>`;
  }

  corridor.CommitmentCard = CommitmentCard;
}
