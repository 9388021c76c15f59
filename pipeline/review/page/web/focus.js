"use strict";
/* Keeps the focus on what was changed, or on its neighbour if it is gone. */
{
  const { useEffect, useLayoutEffect, useRef, useState } = corridor;
  const REGIONS = ".text, .words-box, .panel, .about";

  const idsIn = (region) =>
    [...region.querySelectorAll("[data-id]")].filter((one) => one.checkVisibility()).map(({ dataset }) => dataset.id);
  const byId = (region, id) => region.querySelector(`[data-id="${CSS.escape(id)}"]`);

  /* Moves the focus to an element, in a section that is folded too. */
  function focusOn(element) {
    const target = element?.matches("[tabindex], button") ? element : element?.querySelector("button, [tabindex]");
    const folded = target?.closest("details:not([open])");
    if (folded) folded.open = true;
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "nearest" });
    return Boolean(target);
  }

  /* The id itself, then those after it, then those before it, nearest first. */
  function nearest(id, ids) {
    const place = ids.indexOf(id);
    return [id, ...ids.slice(place + 1), ...ids.slice(0, Math.max(place, 0)).reverse()];
  }

  /* Returns `focus(id)`, which takes effect when the element is rendered in `root`. */
  function useKeptFocus(root) {
    const last = useRef(null);
    const wanted = useRef(null);
    const [, turn] = useState(0);
    useEffect(() => {
      const note = ({ target }) => {
        const region = target.closest(REGIONS);
        const id = target.closest("[data-id]")?.dataset.id ?? null;
        last.current = region && { target, id, name: region.className.split(" ")[0], ids: idsIn(region) };
      };
      const element = root.current;
      element.addEventListener("focusin", note);
      return () => element.removeEventListener("focusin", note);
    }, []);
    useLayoutEffect(() => {
      if (wanted.current !== null) {
        const regions = [...root.current.querySelectorAll(".panel, .text")];
        const found = regions.map((region) => byId(region, wanted.current)).find(Boolean);
        if (found) wanted.current = null;
        if (focusOn(found)) return;
      }
      if (!last.current || last.current.target.isConnected || document.activeElement !== document.body) return;
      const { id, name, ids } = last.current;
      last.current = null;
      const region = root.current.querySelector(`.${name === "words-box" ? "text" : name}`) ?? root.current;
      const ordered = id === null ? [] : nearest(id, ids);
      if (ordered.some((one) => focusOn(byId(region, one)))) return;
      region.tabIndex = -1;
      region.focus({ preventScroll: true });
    });
    return (id) => {
      wanted.current = id;
      turn((count) => count + 1); // it may be rendered already
    };
  }

  Object.assign(corridor, { useKeptFocus, focusOn });
}
