"use strict";
/* What is told beside the article: whether all is saved, what stands in the way, what gold cannot say. */
{
  const { html, useEffect, useState, IconButton, several } = corridor;
  const TITLES = {
    gone: "Not saved: ",
    conflict: "Changed elsewhere: ",
    refused: "Not done: ",
  };
  const hearers = new Set();

  /* Says what happened, in sight and to screen readers. */
  corridor.announce = (text) => {
    for (const hear of hearers) hear(text);
  };

  function Saved({ desk }) {
    const [said, setSaid] = useState("");
    useEffect(() => {
      hearers.add(setSaid);
      return () => hearers.delete(setSaid);
    }, []);
    const state = desk?.trouble?.what === "gone" ? "Not saved" : desk?.waiting.length ? "Saving …" : said;
    const kind = state === "Not saved" ? "saved denied" : "saved";
    return html`<p class=${kind} role="status" aria-live="polite" title=${state}>${state}</p>`;
  }

  /* What to do where decisions could not be made. */
  function Trouble({ desk }) {
    const { trouble, waiting } = desk;
    if (!trouble) return null;
    const { what, why, lost = [] } = trouble;
    return html`<div class=${`trouble ${what}`} role="alert">
      <p><strong>${TITLES[what]}</strong>${why}.</p>
      ${what === "gone" && html`<${Gone} waiting=${waiting} />`}
      ${
        what === "conflict" &&
        html`<p>
          Below it is as it is now. Not made: ${lost.join("; ")}. Look, and decide again where it is still needed.
        </p>`
      }
      ${what === "refused" && lost.length > 1 && html`<p>Not made either: ${lost.slice(1).join("; ")}.</p>`}
      ${
        what === "gone"
          ? html`<button type="button" class="primary" onClick=${() => desk.again()}>Try again</button>`
          : html`<button type="button" onClick=${() => desk.dismiss()}>Understood</button>`
      }
    </div>`;
  }

  function Gone({ waiting }) {
    const port = location.port ? ` --port ${location.port}` : "";
    return html`<p>
      ${several(waiting.length, "decision waits", "decisions wait")} on this page:${" "}
      ${waiting.map(({ said }) => said).join("; ")}. All before is saved. Start${" "}
      <code>corridor review … ${port}</code> again, open the address that it prints in this browser too, and leave this
      page open.
    </p>`;
  }

  function Notes({ notes }) {
    if (!notes.length) return null;
    return html`<details class="notes">
      <summary>${several(notes.length, "note")} on the gold</summary>
      <ul>
        ${notes.map((note) => html`<li key=${note}>${note}</li>`)}
      </ul>
    </details>`;
  }

  /* What can be done with the article as a whole. */
  function Toolbar({ work }) {
    const { body } = work;
    const finished = body.state === "finished";
    return html`<div class="toolbar" role="toolbar" aria-label="Article">
      <${IconButton} icon="undo" label="Undo" press=${work.undo} disabled=${!body.can_undo} />
      <${IconButton} icon="redo" label="Redo" press=${work.redo} disabled=${!body.can_redo} />
      <span class=${`state ${body.state}`}>${body.state}</span>
      <button type="button" onClick=${work.mark}>Choose words</button>
      ${finished && html`<button type="button" onClick=${work.reopen}>Reopen</button>`}
      ${!finished && html`<span class="hint">What is not ticked becomes gold as it stands.</span>`}
      <button type="button" class="primary" onClick=${work.finish}>${finished ? "Next" : "Finish and next"}</button>
      <button type="button" onClick=${work.help}>Keys</button>
    </div>`;
  }

  Object.assign(corridor, { Saved, Trouble, Notes, Toolbar });
}
