"use strict";
/* The decision on a commitment: its buttons, who made it, why it is open again, and what others decided. */
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

  /* What others decided differently; `differs`: their other values in words. */
  function Others({ of }) {
    return of.map(
      ({ reviewer, decision, differs }, place) =>
        html`<p key=${place} class="decision other">
          ${reviewer ?? "Another reviewer"}: ${[words(decision ?? "decide again"), ...differs].join("; ")}
        </p>`,
    );
  }

  function Decided({ work, id }) {
    const { decision, by, at, reopened } = work.decisions.get(id);
    const others = work.others(id);
    if (!decision && !reopened && !others.length) return null;
    const who = [by && `by ${by}`, day(at)].filter(Boolean).join(", ");
    return html`<div class="decided">
      ${decision && html`<p class=${`decision ${decision}`} title=${EXPLAINED[decision]}>${words(decision)} ${who}</p>`}
      ${!decision && reopened && html`<p class="decision reopened">Decide again: ${reopened}</p>`}
      <${Others} of=${others} />
    </div>`;
  }

  Object.assign(corridor, { Decide, Decided, Others });
}
