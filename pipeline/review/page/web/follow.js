"use strict";
/* The text follows the focus: it shows the words of the commitment or value that has it, and the focus starts at the
   first commitment that is not decided. */
{
  const { useEffect, useRef, moveOn } = corridor;
  const WIDE = matchMedia("(min-width: 60.01rem)"); // text and results stand side by side

  /* What the text should show: {number} of a commitment, or {at} of words; null for what it has already. */
  function wantedFor(target, { article, look }) {
    const card = target.closest(".card.commitment");
    if (!card || target.closest(".editing")) return null;
    const at = target.closest(".one[data-at]")?.dataset.at.split("-").map(Number);
    const number = article.record.commitments.findIndex(({ id }) => id === card.dataset.id);
    if (at) return look.at?.join() === at.join() ? null : { at };
    return look.number === number && !look.at ? null : { number };
  }

  function useFollow(root, work) {
    const now = useRef(work);
    now.current = work;
    useEffect(() => {
      const follow = ({ target }) => {
        const { look } = now.current;
        const wanted = WIDE.matches && wantedFor(target, now.current);
        if (!wanted) return;
        if (wanted.at) look.to(wanted.at);
        else look.commitment(wanted.number);
      };
      const element = root.current;
      element.addEventListener("focusin", follow);
      const isFree = document.activeElement.matches("body, main");
      const { look, progress } = now.current;
      if (WIDE.matches && isFree && !look.highlights.length && progress.all) moveOn(progress, null);
      return () => element.removeEventListener("focusin", follow);
    }, []);
  }

  Object.assign(corridor, { useFollow });
}
