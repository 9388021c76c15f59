"use strict";
/* The decision on a commitment: its buttons, who made it, and why it is open again. */
{
  const { html, words, IconButton, isMade, EXPLAINED } = corridor;
  const BUTTONS = [
    ["accepted", "accept", "Accept"],
    ["rejected", "reject", "Reject"],
    ["unsure", "unsure", "Unsure about"],
  ];

  function Decide({ work, id }) {
    const { decision } = work.decisions.get(id);
    return BUTTONS.map(
      ([value, icon, label]) =>
        html`<${IconButton}
          key=${icon}
          icon=${icon}
          label=${`${label} commitment ${id}`}
          pressed=${isMade(decision, value)}
          press=${() => work.decide(id, value)}
        />`,
    );
  }

  const day = (at) => at?.slice(0, 10);

  function Decided({ work, id }) {
    const { decision, by, at, reopened } = work.decisions.get(id);
    if (!decision && !reopened) return null;
    const who = [by && `by ${by}`, day(at)].filter(Boolean).join(", ");
    return html`<div class="decided">
      ${decision && html`<p class=${`decision ${decision}`} title=${EXPLAINED[decision]}>${words(decision)} ${who}</p>`}
      ${!decision && reopened && html`<p class="decision reopened">Decide again: ${reopened}</p>`}
    </div>`;
  }

  Object.assign(corridor, { Decide, Decided });
}
