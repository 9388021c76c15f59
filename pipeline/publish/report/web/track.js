"use strict";
/* The time line of an act: its steps, the time since, and when it is due, on the scale of all acts that are shown. */
{
  const { html, words } = corridor;
  const DAY = 86_400_000; // milliseconds
  const [MARGIN, APART, MOST_TICKS, AHEAD] = [2, 2.6, 9, 730]; // per cent, per cent, ticks, days after today
  const LETTERS = { proposed: "?", pledged: "P", agreed: "A", underway: "U", completed: "✓", stalled: "!", cancelled: "×" };
  const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120]; // between ticks

  const time = (day) => Date.parse(`${day}T00:00:00Z`);

  /* From the first report to today, or to the last due date within two years of it. */
  function scaleOf(acts, today) {
    const days = acts.flatMap(({ steps, due }) => [...steps.map(({ date }) => date), due?.day]).filter(Boolean);
    const times = [...days, today].filter(Boolean).map(time);
    if (times.length === 0) return null;
    const latest = today ? time(today) + AHEAD * DAY : Infinity;
    const first = Math.min(...times);
    const last = Math.max(Math.min(Math.max(...times), latest), first + 30 * DAY);
    const at = (day) => MARGIN + ((100 - 2 * MARGIN) * (Math.min(time(day), last) - first)) / (last - first);
    return { at, today, ticks: ticksOf(first, last) };
  }

  /* Firsts of months or years, at most nine: [day, words]. */
  function ticksOf(first, last) {
    const months = (last - first) / DAY / 30.4;
    const step = MONTHS.find((one) => months / one <= MOST_TICKS) ?? 240;
    const start = new Date(first);
    const found = [];
    const from = step >= 12 ? 0 : Math.ceil((start.getUTCMonth() + 1) / step) * step;
    for (let month = from; ; month += step) {
      const day = new Date(Date.UTC(start.getUTCFullYear(), month, 1));
      if (day.getTime() > last) return found;
      const text = day.toISOString().slice(0, step >= 12 ? 4 : 7);
      if (day.getTime() >= first) found.push([day.toISOString().slice(0, 10), text]);
    }
  }

  function Axis({ scale }) {
    return html`<svg class="axis" aria-hidden="true">
      ${scale.ticks.map(([day, text]) => html`<text key=${day} x=${`${scale.at(day)}%`} y="14">${text}</text>`)}
    </svg>`;
  }

  /* Places of steps, of which none hides another: [status, per cent]. */
  function placed(steps, at) {
    let before = -Infinity;
    return steps
      .filter(({ date }) => date)
      .map(({ status, date }) => {
        before = Math.max(at(date), before + APART);
        return [status, before];
      });
  }

  function Track({ act, scale }) {
    const steps = placed(act.steps, scale.at);
    if (steps.length === 0) return html`<p class="note">No report of it has a date.</p>`;
    const [first, last] = [steps[0][1], steps.at(-1)[1]];
    const now = scale.today ? scale.at(scale.today) : last;
    const due = act.due && scale.at(act.due.day);
    const line = (from, to, name) => html`<line class=${name} x1=${`${from}%`} x2=${`${to}%`} y1="16" y2="16" />`;
    return html`<svg class="track" role="img" aria-label=${inWords(act)}>
      ${scale.ticks.map(([day]) => {
        const x = `${scale.at(day)}%`;
        return html`<line key=${day} class="tick" x1=${x} x2=${x} y1="0" y2="32" />`;
      })}
      ${act.silent !== null && now > last && line(last, now, "waits")} ${line(first, last, "went")}
      ${
        due !== null &&
        html`<svg class=${act.due.overdue ? "due late" : "due"} x=${`${due}%`} y="0" overflow="visible">
          <path d="M0 29V4h9l-2.5 3.5L9 11H0" />
        </svg>`
      }
      ${steps.map(
        ([status, x]) => html`<g key=${status} class=${`dot ${status}`}>
          <circle cx=${`${x}%`} cy="16" r="9" />
          <text x=${`${x}%`} y="20">${LETTERS[status]}</text>
        </g>`,
      )}
    </svg>`;
  }

  function inWords({ steps, due, silent }) {
    const parts = steps.map(({ status, date }) => `${words(status)} ${date ?? "without a date"}`);
    if (silent !== null) parts.push(`nothing heard for ${silent} months`);
    if (due) parts.push(`${due.overdue ? "overdue" : "due"} ${due.date}`);
    return parts.join(", ");
  }

  /* What the signs of a time line mean. */
  function Signs({ statuses }) {
    return html`<ul class="signs">
      ${statuses.map(
        (status) => html`<li key=${status}>
          <svg class="sign" aria-hidden="true"><g class=${`dot ${status}`}>
            <circle cx="50%" cy="10" r="9" /><text x="50%" y="14">${LETTERS[status]}</text></g></svg>${words(status)}
        </li>`,
      )}
      <li>
        <svg class="sign" aria-hidden="true"><line class="waits" x1="0" x2="100%" y1="10" y2="10" /></svg>nothing heard
      </li>
      <li>
        <svg class="sign" aria-hidden="true"><g class="due"><path d="M4 20V2h9l-2.5 3.5L13 9H4" /></g></svg>due
      </li>
      <li>
        <svg class="sign" aria-hidden="true"><g class="due late"><path d="M4 20V2h9l-2.5 3.5L13 9H4" /></g></svg>overdue
      </li>
    </ul>`;
  }

  Object.assign(corridor, { scaleOf, Axis, Track, Signs });
}
