"use strict";
/* Sums of money, of rows that sums count (`sum`), and what they leave out. Instruments, statuses and currencies are
   never added up. */
{
  const { html, useMemo, useState, counts, number, several, short, words, UNKNOWN } = corridor;
  const [FIRST, FIRST_PAIRS] = [5, 10]; // sums shown at first
  const BESIDE = ["rollover", "guarantee"]; // no new money, as in answers.py
  const FIRM = 0.8; // the share of a sum that is expected to be right from which it is firm, as in answers.py
  const HEADS = ["Instrument", "Status", "Sum", "In US dollars", "Expected right", "Acts"];
  const list = (values) => values.join(", ");

  /* Where actors are at home: their country, else their name. */
  function homes(index, actors) {
    const found = actors.map((actor) => index.actors[actor].country ?? index.actors[actor].name);
    return found.length ? [...new Set(found)].sort() : [UNKNOWN];
  }
  const home = (index, code) => (Object.hasOwn(index.countries, code) ? index.countries[code] : code);

  /* A row with the homes of those from whom and to whom the money goes. */
  const ended = (index, row) => ({
    ...row,
    providers: homes(index, row.provider),
    recipients: homes(index, row.recipient),
  });

  /* Whether money goes from one to another, and both are known. */
  function crosses({ providers, recipients }) {
    const known = ![...providers, ...recipients].includes(UNKNOWN);
    return known && !providers.every((one) => recipients.includes(one));
  }

  /* Sums of rows, the greatest first, firm ones before others; `pairs`: each provider and recipient apart, those of two
     first. */
  function sums(rows, pairs) {
    const found = new Map();
    for (const { sum, instrument, status, providers, recipients } of rows.filter((row) => row.sum)) {
      const [currency, value, usd, confidence] = sum;
      const key = { ...(pairs && { providers, recipients }), instrument, status, currency };
      const name = JSON.stringify(key);
      const one = found.get(name) ?? { ...key, name, value: 0, usd: 0, right: 0, acts: [] };
      one.acts.push({ providers, recipients });
      one.value += value;
      one.right += value * confidence;
      one.usd = usd === null || one.usd === null ? null : one.usd + usd;
      found.set(name, one);
    }
    const firm = (one) => one.right >= FIRM * one.value;
    const order = (a, b) => firm(b) - firm(a) || (b.usd ?? -1) - (a.usd ?? -1) || b.acts.length - a.acts.length;
    return [...found.values()]
      .map((one) => ({ ...one, firm: firm(one) }))
      .sort((a, b) => (pairs && crosses(b) - crosses(a)) || order(a, b));
  }

  /* The acts in which somebody has a part whom the filters do not name. */
  function joint(acts, chosen) {
    const beside = (all, name) => chosen.has(name) && all.some((one) => !chosen.getAll(name).includes(one));
    return acts.filter((act) => beside(act.providers, "provider") || beside(act.recipients, "recipient")).length;
  }

  /* `rows` have `providers` and `recipients`, their homes; `to(filters)` is the address of the rows of a sum; `chosen`:
     the filters of the rows, as a query. */
  function Sums({ index, rows, to, pairs = false, chosen = new URLSearchParams() }) {
    const [all, setAll] = useState(false);
    const found = useMemo(() => sums(rows, pairs), [rows, pairs]);
    const first = pairs ? FIRST_PAIRS : FIRST;
    if (found.length === 0) return html`<p class="nothing">No money that a sum counts.</p>`;
    const shared = found.some(({ acts }) => joint(acts, chosen));
    return html`
      <table class="money">
        <thead>
          <tr>
            ${pairs && html`<th scope="col">From → to</th>`}
            ${HEADS.map((head, place) => html`<th scope="col" class=${place > 1 && "right"}>${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${found.slice(0, all ? found.length : first).map((sum) => {
            const link = html`<${Link} index=${index} sum=${sum} to=${to} pairs=${pairs} />`;
            const others = joint(sum.acts, chosen);
            const dollars = sum.usd === null ? "unknown" : `${short(sum.usd)} USD`;
            return html`<tr key=${sum.name} class=${!sum.firm && "shaky"}>
              <th scope="row">${link}</th>
              ${pairs && html`<td>${words(sum.instrument)}</td>`}
              <td>${words(sum.status)}</td>
              <td class="right">${short(sum.value)} <bdi>${sum.currency}</bdi></td>
              <td class="right">${dollars}</td>
              <td class="right">${Math.round((100 * sum.right) / sum.value)}%</td>
              <td class="right">${several(sum.acts.length, "act")}${others > 0 && `, ${number(others)} joint`}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${
        found.length > first &&
        html`<button type="button" class="plain" onClick=${() => setAll(!all)}>
          ${all ? "Fewer sums" : `All ${number(found.length)} sums`}
        </button>`
      }
      ${shared && html`<p class="note">Joint: others than those you chose have a part in it too.</p>`}`;
  }

  /* New money in US dollars by sector and status; an act of several sectors is split evenly. */
  function BySector({ index, rows, to }) {
    const found = new Map();
    for (const { sum, act_status, sectors } of rows.filter((row) => row.sum?.[2] && !BESIDE.includes(row.instrument)))
      for (const sector of sectors) {
        const one = found.get(sector) ?? { all: 0 };
        const part = sum[2] / sectors.length;
        found.set(sector, { ...one, all: one.all + part, [act_status]: (one[act_status] ?? 0) + part });
      }
    const shown = [...found].sort(([, a], [, b]) => b.all - a.all).slice(0, FIRST_PAIRS);
    const statuses = index.values.statuses.filter((name) => shown.some(([, one]) => one[name]));
    if (shown.length === 0) return html`<p class="nothing">No money in US dollars.</p>`;
    return html`<table class="money by-sector">
      <thead>
        <tr>
          <th scope="col">Sector</th>
          ${statuses.map((name) => html`<th scope="col" class="right">${words(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ([sector, one]) => html`<tr key=${sector}>
            <th scope="row"><a href=${to({ sector, counted: "yes" })}>${index.sectors[sector] ?? sector}</a></th>
            ${statuses.map((name) => html`<td class="right">${one[name] ? `${short(one[name])} USD` : ""}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /* The name of a sum, which leads to its rows. */
  function Link({ index, sum, to, pairs }) {
    const { providers: provider, recipients: recipient, instrument, status, currency } = sum;
    const names = (codes) => list(codes.map((code) => home(index, code)));
    const filters = { ...(pairs && { provider, recipient }), instrument, status, currency, counted: "yes" };
    return html`<a href=${to(filters)}>
      <bdi>${pairs ? names(provider) : words(instrument)}</bdi>${pairs && html`${" → "}<bdi>${names(recipient)}</bdi>`}
    </a>`;
  }

  /* Why rows are in no sum, each reason with its rows. */
  function LeftOut({ rows, to }) {
    const left = rows.filter((row) => row.left_out);
    const found = counts(left.map((row) => row.left_out));
    const reasons = new Map();
    for (const { left_out, because } of left) reasons.set(left_out, (reasons.get(left_out) ?? new Set()).add(because));
    if (found.length === 0) return html`<p class="nothing">Nothing.</p>`;
    const full = (reason) => (reasons.get(reason).size === 1 ? [...reasons.get(reason)][0] : reason);
    return html`<table class="reasons">
      <thead><tr><th scope="col">Why</th><th scope="col" class="right">Rows</th></tr></thead>
      <tbody>
        ${found.map(
          ([reason, count]) => html`<tr key=${reason}>
            <th scope="row"><a href=${to(reason)}>${full(reason)}</a></th>
            <td class="right">${number(count)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  Object.assign(corridor, { home, ended, BySector, Sums, LeftOut });
}
