"use strict";
/* Words chosen by mouse or finger: once the selection rests, it is told. */
{
  const { useEffect, useRef, selected, wholeWords } = corridor;
  const REST = 300; // milliseconds that handles of a phone stand still

  /* `root`: holds the text; `choose(place)` is told the whole words of a selection in it. */
  function useSelecting(root, text, tokens, choose) {
    const told = useRef(choose);
    told.current = choose;
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
        told.current(place);
      };
      const later = () => {
        clearTimeout(wait);
        if (!pressed) wait = setTimeout(look, REST);
      };
      /* A mention that takes the focus would not let a selection begin in it. */
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
