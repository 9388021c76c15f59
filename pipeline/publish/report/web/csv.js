"use strict";
/* Rows as a CSV file, made in the browser. */
{
  const { html } = corridor;
  /* The start of text that spreadsheets calculate (OWASP, CSV injection). */
  const FORMULA = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/;
  const MARK = "\ufeff"; // by which spreadsheets know UTF-8
  const KEPT = 60_000; // milliseconds for which the browser can read the file

  function cell(value) {
    if (typeof value === "number") return String(value);
    const text = String(value ?? "");
    const safe = FORMULA.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  /* `columns`: by name, the value of a row. */
  function csv(columns, rows) {
    const lines = rows.map((row) => Object.values(columns).map((value) => cell(value(row))));
    return [Object.keys(columns), ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
  }

  /* `rows()` returns the rows when the button is pressed. */
  function Download({ name, columns, rows }) {
    const save = () => {
      const href = URL.createObjectURL(new Blob([MARK, csv(columns, rows())], { type: "text/csv" }));
      Object.assign(document.createElement("a"), { href, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(href), KEPT);
    };
    return html`<button type="button" class="download" onClick=${save}>Download these rows as CSV</button>`;
  }

  corridor.Download = Download;
}
