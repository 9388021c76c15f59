"use strict";
/* Words and sentences of a text, to choose by keyboard; and offsets in the text from a selection on the page. */
{
  const { length, shown } = corridor;

  /* The words of a text: [{start, inner, end}] in characters. Chinese has no spaces: each of its characters is a word. An
     Arabic "and", "in", "to" or "as" is one letter at a word, `inner` the place after it. */
  function tokens(text) {
    const found = [];
    let [unit, place] = [0, 0];
    for (const match of text.matchAll(/(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}\u200c\u200d])+|\S/gu)) {
      const start = place + length(text.slice(unit, match.index));
      const end = start + length(match[0]);
      found.push({ start, inner: start + /^[وفبلك]\p{L}{2}/u.test(match[0]), end });
      [unit, place] = [match.index + match[0].length, end];
    }
    return found;
  }

  const after = (all, place) => all.find(({ start }) => start >= place);
  const before = (all, place) => all.findLast(({ end }) => end <= place);

  /* A range with one edge moved by a word: `edge` is "start" or "end", `by` 1 or -1. Unchanged if there is none. */
  function moved(all, { start, end }, edge, by) {
    const edges = all.flatMap((one) => (edge === "start" && by > 0 ? [one.start, one.inner] : one[edge]));
    const now = edge === "start" ? start : end;
    const next = by > 0 ? edges.find((place) => place > now) : edges.findLast((place) => place < now);
    const made = { start, end, [edge]: next ?? now };
    return made.start < made.end ? made : { start, end };
  }

  /* The word after a range, or the one before it. */
  const stepped = (all, { start, end }, by) => (by > 0 ? after(all, end) : before(all, start)) ?? { start, end };

  /* The first word of the next or the previous sentence. */
  function leapt(all, sentences, { start, end }, by) {
    const ends = (one) => (by > 0 ? one.start > start : one.end <= start);
    const sentence = by > 0 ? sentences.find(ends) : sentences.findLast(ends);
    return (sentence && after(all, sentence.start)) ?? { start, end };
  }

  /* Offsets of the characters shown: those that change the direction of reading are left out. */
  function drawn(text) {
    const places = [];
    let place = 0;
    for (const character of text) {
      if (shown(character)) places.push(place);
      place += 1;
    }
    return (number) => places[number] ?? place;
  }

  /* The range of characters selected in `root`; null if the selection is not in it. */
  function selected(root, text) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
    const upTo = (node, offset) => {
      const lead = document.createRange();
      lead.setStart(root, 0);
      lead.setEnd(node, offset);
      return length(lead.toString());
    };
    const [first, last] = [upTo(range.startContainer, range.startOffset), upTo(range.endContainer, range.endOffset)];
    const at = drawn(text);
    return last > first ? { start: at(first), end: at(last - 1) + 1 } : null;
  }

  /* A range extended or cut to whole words. */
  function wholeWords(all, { start, end }) {
    const overlapping = all.filter((one) => one.start < end && one.end > start);
    if (!overlapping.length) return null;
    const [first] = overlapping;
    return { start: start === first.inner ? start : first.start, end: overlapping.at(-1).end };
  }

  Object.assign(corridor, { tokens, moved, stepped, leapt, selected, wholeWords });
}
