"use strict";
/* Words chosen by mouse or touch, reported when the selection rests. */
{
  const { useEffect, useRef, selected, wholeWords } = corridor;
  const REST = 300; // milliseconds without a change

  /* `root` holds the text; `choose(range)` is called with the whole words of a selection in it. */
  function useSelecting(root, text, tokens, choose) {
    const report = useRef(choose);
    report.current = choose;
    useEffect(() => {
      let wait = null;
      let pressed = false;
      let [held, kept] = [null, null];
      const look = () => {
        const element = root.current?.querySelector(".text");
        const found = element && selected(element, text);
        const place = found && wholeWords(tokens, found);
        if (!place) return;
        getSelection().removeAllRanges();
        report.current(place);
      };
      const later = () => {
        clearTimeout(wait);
        if (!pressed) wait = setTimeout(look, REST);
      };
      /* A selection cannot start in a mention that takes the focus. */
      const down = ({ target }) => {
        pressed = true;
        held = target.closest("mark");
        kept = held?.getAttribute("tabindex");
        held?.removeAttribute("tabindex");
      };
      const up = () => {
        pressed = false;
        held?.setAttribute("tabindex", kept);
        held = null;
        clearTimeout(wait);
        wait = setTimeout(look);
      };
      const listeners = { selectionchange: later, pointerdown: down, pointerup: up, pointercancel: up };
      for (const [event, listener] of Object.entries(listeners)) document.addEventListener(event, listener);
      return () => {
        clearTimeout(wait);
        for (const [event, listener] of Object.entries(listeners)) document.removeEventListener(event, listener);
      };
    }, [text, tokens]);
  }

  Object.assign(corridor, { useSelecting });
}
