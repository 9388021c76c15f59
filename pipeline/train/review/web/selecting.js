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
      const down = () => (pressed = true);
      const up = () => {
        pressed = false;
        clearTimeout(wait);
        wait = setTimeout(look);
      };
      const listeners = { selectionchange: later, pointerdown: down, pointerup: up, pointercancel: () => (pressed = false) };
      for (const [event, listener] of Object.entries(listeners)) document.addEventListener(event, listener);
      return () => {
        clearTimeout(wait);
        for (const [event, listener] of Object.entries(listeners)) document.removeEventListener(event, listener);
      };
    }, [text, tokens]);
  }

  Object.assign(corridor, { useSelecting });
}
