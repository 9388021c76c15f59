"use strict";
/* Offsets in a text: from the characters of records to the UTF-16 units of JavaScript, and the pieces to show. */
{
  /* The text between two offsets in characters (Unicode code points), like `text[start:end]` in Python. */
  function slicer(text) {
    if (!/[\ud800-\udfff]/.test(text)) return (start, end) => text.slice(start, end);
    const units = [0];
    for (const character of text) units.push(units.at(-1) + character.length);
    const unit = (place) => units[Math.min(place, units.length - 1)];
    return (start, end) => text.slice(unit(start), unit(end));
  }

  const length = (text) => (/[\ud800-\udfff]/.test(text) ? [...text].length : text.length);

  /* Mentions and the text between them, in order: [{start, end, mention}]. Of overlapping mentions the first is kept. */
  function runs(size, mentions) {
    const found = [];
    let place = 0;
    for (const mention of [...mentions].sort((a, b) => a.start - b.start || b.end - a.end)) {
      const [start, end] = [mention.start, Math.min(mention.end, size)];
      if (start < place || end <= start) continue;
      if (start > place) found.push({ start: place, end: start });
      found.push({ start, end, mention });
      place = end;
    }
    if (place < size) found.push({ start: place, end: size });
    return found;
  }

  /* A run split at highlights: [{start, end, marks}]; `highlights`: [{start, end, mark}]. */
  function pieces({ start, end }, highlights) {
    const within = highlights.filter((one) => one.start < end && one.end > start);
    const edges = new Set([start, end]);
    for (const one of within) for (const edge of [one.start, one.end]) if (edge > start && edge < end) edges.add(edge);
    const sorted = [...edges].sort((a, b) => a - b);
    return sorted.slice(0, -1).map((from, number) => {
      const marks = within.filter((one) => one.start <= from && one.end > from).map(({ mark }) => mark);
      return { start: from, end: sorted[number + 1], marks };
    });
  }

  Object.assign(corridor, { slicer, length, runs, pieces });
}
