"use strict";
/* What is to be noted of an act: it is overdue, nothing was heard of it, its reports contradict each other. */
{
  const { html, several } = corridor;
  const MARKS = {
    overdue: "overdue",
    silent: "nothing heard",
    contradicted: "contradicted",
  };
  const NAMES = Object.keys(MARKS);

  const marksOf = ({ due, silent, disagreements }) =>
    NAMES.filter((_, place) => [due?.overdue, silent !== null, disagreements.length > 0][place]);

  function Marks({ act }) {
    const more = { overdue: act.due?.date, silent: act.silent && several(act.silent, "month") };
    return html`<span class="marks">
      ${marksOf(act).map(
        (name) => html`<span key=${name} class=${`mark-of ${name}`}>
          ${MARKS[name]}${more[name] && html`${" "}<span class="more">${more[name]}</span>`}
        </span>`,
      )}
    </span>`;
  }

  Object.assign(corridor, { MARKS, marksOf, Marks });
}
