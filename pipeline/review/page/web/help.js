"use strict";
/* The keys, in a dialog. */
{
  const { html, useEffect, useRef, useState, KEYS, keysOn, keepKeys } = corridor;

  function Help({ close }) {
    const dialog = useRef(null);
    const [on, setOn] = useState(keysOn);
    const turn = ({ target }) => {
      keepKeys(target.checked);
      setOn(target.checked);
    };
    useEffect(() => dialog.current.showModal(), []);
    return html`<dialog class="help" aria-labelledby="keys" ref=${dialog} onClose=${close}>
      <h2 id="keys">Keys</h2>
      <dl>
        ${KEYS.map(
          ([keys, does]) =>
            html`<div key=${keys}>
              <dt>${keys.split(", ").map((one, place) => html`${place > 0 && " "}<kbd>${one}</kbd>`)}</dt>
              <dd>${does}</dd>
            </div>`,
        )}
      </dl>
      <p class="note">
        Letters act on the value, card or mention with the focus. In the text, arrows move from mention to mention and
        Enter opens one; words can be chosen with the mouse too.
      </p>
      <label class="check"><input type="checkbox" checked=${on} onChange=${turn} /> Use single letters as keys</label>
      <form method="dialog">
        <button type="button" class="primary" onClick=${() => dialog.current.close()}>Close</button>
      </form>
    </dialog>`;
  }

  Object.assign(corridor, { Help });
}
