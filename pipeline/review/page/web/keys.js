"use strict";
/* Keys of the review; single letters can be turned off, and do nothing in input fields. */
{
  const { useEffect, useRef, focusOn } = corridor;
  const KEPT = "corridor-keys";
  const KEYS = [
    ["a", "accept a commitment with its row; elsewhere: a mention or a card"],
    ["x", "reject a commitment; on a value: remove it"],
    ["u", "unsure: leave a commitment to others"],
    ["n", "next commitment that is not decided"],
    ["j, k", "next commitment or card, previous one"],
    ["→, ←", "in a commitment: next value, previous value"],
    ["e, Enter", "edit: a value, or status and kind of a commitment"],
    ["i", "add to a commitment: who, what, how much, when"],
    ["m", "merge with another actor or project"],
    ["w", "choose words: arrows move, Shift and arrows move the end, Alt and arrows the start"],
    ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
    ["Ctrl Enter", "finish, and open the next article"],
    ["Esc", "close a form; back from the words to the value"],
    ["?", "show the keys"],
  ];
  const DECISIONS = { a: "accepted", x: "rejected", u: "unsure" };
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  function kept() {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true;
    }
  }

  function keep(on) {
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // a browser may store nothing
    }
  }

  const cards = () => [...document.querySelectorAll(".panel .card")].filter((card) => card.checkVisibility());

  /* Moves the focus by a number of cards. */
  function step(by) {
    const all = cards();
    const now = document.activeElement.closest(".panel .card");
    const next = now ? all.indexOf(now) + by : by > 0 ? 0 : -1;
    focusOn(all.at(Math.min(next, all.length - 1)));
  }

  const here = () => document.activeElement.closest(".card.commitment")?.dataset.id ?? null;

  function toOpen(work) {
    const next = work.progress.nextOpen(here()) ?? work.progress.open[0];
    if (next) focusOn(cards().find(({ dataset }) => dataset.id === next));
    else work.moveOn(here());
  }

  /* Moves the focus between the values of a commitment; before the first one is the card itself. */
  function stepInside(by) {
    const card = document.activeElement.closest(".card.commitment");
    const values = [...card.querySelectorAll(".one[data-id]")];
    const now = values.indexOf(document.activeElement.closest(".one[data-id]"));
    const stops = [card, ...values.map((one) => one.querySelector("button"))];
    stops[Math.min(Math.max(now + 1 + by, 0), stops.length - 1)].focus();
  }

  /* Presses a button of an element, if it has it. */
  const press = (thing, tool) => thing.querySelector(`:scope > .tools .${tool}`)?.click();

  /* What a key does to a commitment or one of its values. */
  function onCommitment(work, key) {
    const card = document.activeElement.closest(".card.commitment");
    if (!card) return null;
    const value = document.activeElement.closest(".one[data-id]");
    if (key in STEPS) return () => stepInside(STEPS[key]);
    if (value && key === "x") return () => press(value, "remove");
    if (key in DECISIONS) return () => work.decide(card.dataset.id, DECISIONS[key]);
    return null;
  }

  /* Enter on a value or on a card edits it; on another button it presses that. */
  function onEnter() {
    const { activeElement: now } = document;
    const thing = now.matches(".one[data-id] > .valued > .value, .card") && now.closest("[data-id]");
    const button = thing && thing.closest(".card.commitment") && thing.querySelector(":scope > .tools .edit");
    return button && (() => button.click());
  }

  function single(work, key) {
    const name = key === "Delete" ? "x" : key;
    const thing = document.activeElement.closest("[data-id]");
    const known = thing && (thing.matches(".one, .card") || thing.matches("mark, .words-box"));
    const mention = known && thing.matches("mark, .words-box");
    const own = {
      a: () => (mention ? work.accept(thing.dataset.id) : press(thing, "accept")),
      x: () => (mention ? work.remove(thing.dataset.id) : press(thing, "remove")),
      e: () => (mention ? thing.click() : press(thing, "edit")),
      i: () => press(thing.closest(".card") ?? thing, "add"),
      m: () => press(thing.closest(".card") ?? thing, "merge"),
    };
    const anywhere = { j: () => step(1), k: () => step(-1), n: () => toOpen(work), w: work.mark, "?": work.help };
    return onCommitment(work, name) ?? ((known && own[name]) || anywhere[name]);
  }

  function withControl(work, event) {
    const key = event.key.toLowerCase();
    if (key === "z") return event.shiftKey ? work.redo : work.undo;
    return { y: work.redo, enter: work.finish }[key];
  }

  function useKeys(work) {
    const now = useRef(work);
    now.current = work;
    useEffect(() => {
      const press = (event) => {
        const typing = event.target.closest("input, select, textarea");
        if (typing || document.querySelector("dialog[open]") || event.altKey) return;
        const control = event.ctrlKey || event.metaKey;
        const act = control
          ? withControl(now.current, event)
          : event.key === "Enter"
            ? onEnter()
            : kept() && single(now.current, event.key);
        if (!act) return;
        event.preventDefault();
        act();
      };
      document.addEventListener("keydown", press);
      return () => document.removeEventListener("keydown", press);
    }, []);
  }

  Object.assign(corridor, { KEYS, useKeys, keysOn: kept, keepKeys: keep });
}
