"use strict";
/* Decisions on commitments: the unit of work of a review. */
{
  const { words, several, focusOn } = corridor;
  const ACCEPTED = ["accepted", "corrected"];
  const AGREED = "by agreement"; // accepted, and not by a person
  const EXPLAINED = {
    accepted: "right",
    corrected: "right after a correction",
    rejected: "wrong, not in the gold",
    unsure: "for somebody else to decide",
    "by agreement": "as sure as --accept-at asks; nobody has looked at it",
  };

  /* The decision on each commitment by its id: {decision, by, at, reopened}. Those that wait to be saved count. */
  function decisionsOf({ body, waiting }) {
    const known = body.view.commitments.map(({ id, decision, reopened }) => [id, { ...decision, reopened }]);
    const found = new Map(known);
    for (const { operation } of waiting)
      if (operation.do === "decide") found.set(operation.id, { decision: operation.decision });
    return found;
  }

  /* Whether a decision is made by this one; accepting a row that was corrected makes it `corrected`. */
  const isMade = (now, decision) => now === decision || (decision === "accepted" && now === "corrected");

  /* Commitments in the order of the text, after the others those accepted by agreement. */
  function ordered(commitments, decisions) {
    const isAgreed = ({ id }) => decisions.get(id).decision === AGREED;
    return [...commitments].sort((a, b) => isAgreed(a) - isAgreed(b) || a.trigger.start - b.trigger.start);
  }

  /* The commitments in their order, and how many of those that persons decide on are decided. */
  function progressOf(body, decisions) {
    const order = ordered(body.view.commitments, decisions).map(({ id }) => id);
    const open = order.filter((id) => !decisions.get(id).decision);
    const all = order.filter((id) => decisions.get(id).decision !== AGREED).length;
    /* The first open commitment after one, then from the start; null if none is open. */
    const nextOpen = (id) => {
      const rest = order.slice(order.indexOf(id) + 1);
      return rest.find((one) => open.includes(one)) ?? open.find((one) => one !== id) ?? null;
    };
    return { order, open, all, done: all - open.length, nextOpen };
  }

  const card = (id) => document.querySelector(`.panel .card[data-id="${CSS.escape(id)}"]`);

  /* Moves the focus to the next open commitment, or to the button that finishes the article. */
  function moveOn({ nextOpen }, id) {
    const next = nextOpen(id);
    focusOn(next === null ? document.querySelector(".toolbar .finish") : card(next));
  }

  /* `decide(id, decision)`: makes a decision, or takes it back if it is made already. */
  function deciding({ session, name }) {
    return (id, decision) => {
      const decisions = decisionsOf(session);
      const back = isMade(decisions.get(id)?.decision, decision);
      const progress = progressOf(session.body, decisions);
      const last = !back && progress.open.every((one) => one === id);
      const message = `${name(id)} ${back ? "is open again" : decision}${last ? ". All are decided" : ""}`;
      session.decide({ do: "decide", id, decision: back ? null : decision }, message);
      if (!back) moveOn(progress, id);
      return true;
    };
  }

  /* How far the article is, in words. */
  function inWords({ done, all, order }, decisions) {
    if (!order.length) return "No commitments";
    const count = (wanted) => order.filter((id) => decisions.get(id).decision === wanted).length;
    const parts = ["rejected", "unsure", AGREED].map((one) => count(one) && `${count(one)} ${words(one)}`).filter(Boolean);
    const again = order.filter((id) => decisions.get(id).reopened).length;
    return [
      `${done} of ${several(all, "commitment")} decided`,
      ...parts,
      ...(again ? [`${again} to decide again`] : []),
    ].join(", ");
  }

  Object.assign(corridor, { decisionsOf, isMade, progressOf, deciding, inWords, moveOn, ordered, ACCEPTED, EXPLAINED });
}
