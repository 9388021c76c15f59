"use strict";
/* Messages beside the article: whether all is saved, problems, and notes on the gold. */
{
  const { html, useEffect, useState, IconButton, several, inWords } = corridor;
  const TITLES = {
    gone: "Not saved: ",
    conflict: "Changed elsewhere: ",
    refused: "Not done: ",
  };
  const listeners = new Set();

  /* Shows a message, also to screen readers. */
  corridor.announce = (text) => {
    for (const listener of listeners) listener(text);
  };

  function Saved({ session }) {
    const [message, setMessage] = useState("");
    useEffect(() => {
      listeners.add(setMessage);
      return () => listeners.delete(setMessage);
    }, []);
    const state = session?.trouble?.what === "gone" ? "Not saved" : session?.waiting.length ? "Saving …" : message;
    const kind = state === "Not saved" ? "saved denied" : "saved";
    return html`<p class=${kind} role="status" aria-live="polite" title=${state}>${state}</p>`;
  }

  /* What to do if decisions could not be made. */
  function Trouble({ session }) {
    const { trouble, waiting } = session;
    if (!trouble) return null;
    const { what, why, lost = [] } = trouble;
    return html`<div class=${`trouble ${what}`} role="alert">
      <p><strong>${TITLES[what]}</strong>${why}.</p>
      ${what === "gone" && html`<${Gone} waiting=${waiting} />`}
      ${
        what === "conflict" &&
        html`<p>
          The present state is below. Not made: ${lost.join("; ")}. Decide again if it is still needed.
        </p>`
      }
      ${what === "refused" && lost.length > 1 && html`<p>Also not made: ${lost.slice(1).join("; ")}.</p>`}
      ${
        what === "gone"
          ? html`<button type="button" class="primary" onClick=${() => session.again()}>Try again</button>`
          : html`<button type="button" onClick=${() => session.dismiss()}>Close</button>`
      }
    </div>`;
  }

  function Gone({ waiting }) {
    const port = location.port ? ` --port ${location.port}` : "";
    return html`<p>
      ${several(waiting.length, "decision waits", "decisions wait")} on this page:${" "}
      ${waiting.map(({ message }) => message).join("; ")}. All earlier ones are saved. Start${" "}
      <code>corridor review … ${port}</code> again, open the address that it prints in this browser too, and leave this
      page open.
    </p>`;
  }

  function Notes({ notes }) {
    if (!notes.length) return null;
    const toCheck = notes.some((note) => note.includes(": check ")); // two readers disagree
    return html`<details class="notes" open=${toCheck}>
      <summary>${several(notes.length, "note")} on the gold</summary>
      <ul>
        ${notes.map((note) => html`<li key=${note}>${note}</li>`)}
      </ul>
    </details>`;
  }

  /* What finishing means for what is not decided. */
  const becomes = ({ open }) =>
    open.length ? `${several(open.length, "row")} not decided become gold as they are` : "All rows are decided";

  /* How many commitments are decided: nothing else is counted. */
  function Progress({ work }) {
    const { done, all } = work.progress;
    return html`<div class="progress">
      <span>${inWords(work.progress, work.decisions)}</span>
      <progress max=${all || 1} value=${all ? done : 1} aria-label="Commitments decided"></progress>
    </div>`;
  }

  /* The buttons for the article as a whole. */
  function Toolbar({ work }) {
    const { body } = work;
    const finished = body.state === "finished";
    return html`<div class="toolbar" role="toolbar" aria-label="Article">
      <${IconButton} icon="undo" label="Undo" press=${work.undo} disabled=${!body.can_undo} />
      <${IconButton} icon="redo" label="Redo" press=${work.redo} disabled=${!body.can_redo} />
      <span class=${`state ${body.state}`}>${body.state}</span>
      <${Progress} work=${work} />
      <button type="button" onClick=${work.mark}>Choose words</button>
      ${finished && html`<button type="button" onClick=${work.reopen}>Reopen</button>`}
      <button
        type="button"
        class="primary finish"
        title=${finished ? undefined : becomes(work.progress)}
        onClick=${work.finish}
      >
        ${finished ? "Next" : "Finish and next"}
      </button>
      <button type="button" onClick=${work.help}>Keys</button>
    </div>`;
  }

  Object.assign(corridor, { Saved, Trouble, Notes, Toolbar });
}
