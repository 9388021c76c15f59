"use strict";
/* The text of an article with its mentions marked and the selection highlighted. */
{
  const { html, useMemo, useRef, useState, words, runs, pieces } = corridor;

  /* Text with some space after each line, without adding characters. */
  function Lines({ children }) {
    const lines = children.split("\n");
    return lines.map((line, place) =>
      place < lines.length - 1 ? html`${line}${"\n"}<span class="gap"></span>` : line,
    );
  }

  function Run({ run, slice, highlights }) {
    return pieces(run, highlights).map(({ start, end, marks }) => {
      const text = html`<${Lines}>${slice(start, end)}<//>`;
      return marks.length
        ? html`<span key=${start} class=${marks.join(" ")}>${text}</span>`
        : html`<${corridor.Fragment} key=${start}>${text}<//>`;
    });
  }

  /* One mention in the text; the arrow keys move to the next one, Enter selects it. */
  function Mention({ mention, current, accepted, focused, choose, focus, children }) {
    const known = [words(mention.label), mention.value, `confidence ${mention.confidence.toFixed(2)}`].filter(Boolean);
    const press = (event) => {
      if (!["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      choose(mention);
    };
    const state = `${current ? " current" : ""}${accepted ? " accepted" : ""}`;
    return html`<mark role="button" tabindex=${focused ? 0 : -1} data-id=${mention.id} title=${known.join(" · ")}
      class=${`mention ${mention.label}${state}`} onClick=${() => choose(mention)} onKeyDown=${press} onFocus=${focus}
      aria-description=${known.join(", ")}>${children}</mark>`;
  }

  const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
  /* The text goes on to the right (1), or to the left (-1). */
  const onward = (element) => (getComputedStyle(element).direction === "rtl" ? -1 : 1);

  /* `mentions`: those to mark; `highlights`: [{start, end, mark}]; a click on a mention calls `choose(mention)`;
     `accepted`: ids of accepted mentions, in a review. */
  function Text({ article, mentions, highlights, choose, entity, accepted = null }) {
    const place = useRef(null);
    const [focused, setFocused] = useState(0);
    const { slice, size } = article;
    const parts = useMemo(() => runs(size, mentions), [article, mentions]);
    const marked = parts.filter(({ mention }) => mention);
    const step = (event) => {
      if (!(event.key in STEPS) || !event.target.matches("mark")) return;
      event.preventDefault();
      const marks = [...place.current.querySelectorAll("mark")];
      const next = Math.min(Math.max(marks.indexOf(event.target) + STEPS[event.key] * onward(event.target), 0), marks.length - 1);
      marks[next].focus();
    };
    const stop = Math.min(focused, marked.length - 1);
    return html`<div class="text" dir="auto" lang=${article.record.article.language} ref=${place} onKeyDown=${step}>
      ${parts.map((run) => {
        const inner = html`<${Run} run=${run} slice=${slice} highlights=${highlights} />`;
        if (!run.mention) return html`<${corridor.Fragment} key=${run.start}>${inner}<//>`;
        return html`<${Mention} key=${run.start} mention=${run.mention} choose=${choose}
          focused=${marked[stop]?.mention === run.mention} accepted=${accepted?.has(run.mention.id)}
          focus=${() => setFocused(marked.indexOf(run))}
          current=${entity !== null && run.mention.entity === entity}>${inner}<//>`;
      })}
    </div>`;
  }

  Object.assign(corridor, { Mention, Text, onward });
}
