"use strict";
/* Keys of the review; single letters can be turned off, and do nothing in input fields. */
{
  const { useEffect, useRef, focusOn } = corridor;
  const KEPT = "corridor-keys";
  const KEYS = [
    ["a", "accept: a value, a mention, or a card with all its values"],
    ["e", "edit"],
    ["i", "add to a commitment: who, what, how much, when"],
    ["m", "merge with another actor or project"],
    ["x or Delete", "remove"],
    ["j, k", "next card, previous card"],
    ["n", "next that is not accepted"],
    ["w", "choose words: arrows move, Shift and arrows move the end, Alt and arrows the start"],
    ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
    ["Ctrl Enter", "finish, and open the next article"],
    ["Esc", "close a form; back from the words to the value"],
    ["?", "show the keys"],
  ];

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

  function toUnaccepted() {
    const all = [...document.querySelectorAll(".panel .card, .panel .one[data-id]")].filter(
      (one) => one.checkVisibility() && !one.classList.contains("accepted"),
    );
    const now = document.activeElement;
    const after = (one) => now.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    focusOn(all.find((one) => after(one) && one !== now.closest("[data-id]")) ?? all[0]);
  }

  /* Presses a button of an element, if it has it. */
  const press = (thing, tool) => thing.querySelector(`:scope > .tools .${tool}`)?.click();

  function single(work, key) {
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
    const anywhere = { j: () => step(1), k: () => step(-1), n: toUnaccepted, w: work.mark, "?": work.help };
    const name = key === "Delete" ? "x" : key;
    return (known && own[name]) || anywhere[name];
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
        const act = control ? withControl(now.current, event) : kept() && single(now.current, event.key);
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
