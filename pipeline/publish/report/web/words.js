"use strict";
/* Numbers, names and confidences in words. */
{
  const { html } = corridor;
  const UNKNOWN = "unknown";
  const LONG = { ORG: "organisation", NORP: "nationality, group" };
  const SCALES = [
    [1e12, "tn"],
    [1e9, "bn"],
    [1e6, "m"],
  ];
  const numbers = new Intl.NumberFormat("en");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const number = (value) => numbers.format(value);
  /* The English name of an article in another language, with the printed one. */
  const named = ({ name, name_en: english }) => (english && english !== name ? `${english} (${name})` : name);
  const words = (name) => LONG[name] ?? name.replaceAll("_", " ").toLowerCase();
  const several = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
  const compare = (one, other) => collator.compare(one, other);

  /* `3.45 bn`, `620 m`, `55,000`. */
  function short(value) {
    const [scale, name] = SCALES.find(([scale]) => Math.abs(value) >= scale) ?? [1, ""];
    return `${number(Number((value / scale).toFixed(2)))} ${name}`.trim();
  }

  /* Text for searching: lower case, without accents. */
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /* How often each value occurs, most frequent first, or in the order of a list. */
  function counts(values, order) {
    const found = new Map();
    for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
    const place = (value) => (order ? order.indexOf(value) : 0);
    return [...found].sort((a, b) => place(a[0]) - place(b[0]) || b[1] - a[1] || compare(a[0], b[0]));
  }

  /* Only web addresses become links. */
  function webAddress(text) {
    try {
      const { protocol, href } = new URL(text);
      return protocol === "https:" || protocol === "http:" ? href : null;
    } catch {
      return null;
    }
  }

  /* A confidence as a number with a bar; nothing if there is none. */
  function Sure({ of }) {
    if (of === null || of === undefined) return null;
    return html`<span class="sure" style=${{ "--sure": of }} title="confidence">
      <span class="hidden">confidence </span>${of.toFixed(2)}
    </span>`;
  }

  /* The row confidence of a commitment; records of older schemas have only the confidence of its kind. */
  const chance = (row) => row.row_confidence ?? row.confidence;

  Object.assign(corridor, { UNKNOWN, chance, number, short, named, words, several, compare, plain, counts, webAddress, Sure });
}
