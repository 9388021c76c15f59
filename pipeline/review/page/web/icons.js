"use strict";
/* Buttons with an icon. */
{
  const { html } = corridor;
  const PATHS = {
    accept: "M3 8.5 6.5 12 13 4.5",
    edit: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
    remove: "M4 4l8 8M12 4l-8 8",
    reject: "M4 4l8 8M12 4l-8 8",
    unsure: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.7 8 9.1 8 10M8 12.6v.4",
    add: "M8 3v10M3 8h10",
    merge: "M3 4h3l4 4h3M3 12h3l4-4",
    undo: "M6 4 3 7l3 3M3 7h6a3.5 3.5 0 0 1 0 7H7",
    redo: "M10 4l3 3-3 3M13 7H7a3.5 3.5 0 0 0 0 7h2",
    left: "M10 4 6 8l4 4",
    right: "M6 4l4 4-4 4",
  };

  function Icon({ name }) {
    return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d=${PATHS[name]} />
    </svg>`;
  }

  /* `pressed`: whether it is on, for a button that can be. */
  function IconButton({ icon, label, press, pressed, disabled, children }) {
    const title = children ? undefined : label;
    return html`<button
      type="button"
      class=${`tool ${icon}`}
      aria-label=${label}
      title=${title}
      aria-pressed=${pressed}
      disabled=${disabled}
      onClick=${press}
    >
      <${Icon} name=${icon} />${children}
    </button>`;
  }

  Object.assign(corridor, { IconButton });
}
