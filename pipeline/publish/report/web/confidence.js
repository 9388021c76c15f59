"use strict";
/* Which rows the page shows, by their row confidence, and how many it hides. */
{
  const { html, useMemo, number } = corridor;

  /* What row confidence is, and how many of the rows with which the page starts should be right. */
  function Chance({ index }) {
    const tenths = useMemo(() => {
      const start = index.start_confidence ?? 0;
      const shown = index.commitments.map((row) => row.row_confidence).filter((one) => one !== null && one >= start);
      return Math.floor((10 * shown.reduce((one, other) => one + other, 0)) / shown.length + 1e-9);
    }, [index]);
    if (Number.isNaN(tenths)) return null;
    const start =
      tenths >= 8
        ? `the page starts where ${tenths} of 10 rows shown should be right.`
        : `of all rows, the surest first, ${tenths} of 10 should be right.`;
    return html`<p class="note">
      Row confidence is the estimated chance that kind, status, who, amount and flow are all right; ${start}
    </p>`;
  }

  /* Rows below the lowest confidence, and a button to show all. */
  function Hidden({ hidden, all, least, show }) {
    if (hidden === 0) return null;
    return html`<p class="note hides">
      ${number(hidden)} hidden below a confidence of ${least.toFixed(2)}.${" "}
      <button type="button" class="plain" onClick=${show}>Show all ${number(all)}</button>
    </p>`;
  }

  Object.assign(corridor, { Chance, Hidden });
}
