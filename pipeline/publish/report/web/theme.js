"use strict";
/* Light, dark or the setting of the system. */
{
  const { html, useState } = corridor;
  const CHOICES = { auto: "System colours", light: "Light", dark: "Dark" };
  const KEPT = "corridor-theme";

  function kept() {
    try {
      return localStorage.getItem(KEPT) ?? "auto";
    } catch {
      return "auto"; // a browser may store nothing for files
    }
  }

  function choose(choice) {
    document.documentElement.dataset.theme = choice;
    try {
      localStorage.setItem(KEPT, choice);
    } catch {
      // the choice lasts for this visit
    }
  }

  function Theme() {
    const [choice, setChoice] = useState(kept);
    const turn = ({ target }) => {
      choose(target.value);
      setChoice(target.value);
    };
    return html`<label class="theme">
      <span class="hidden">Colours</span>
      <select value=${choice} onChange=${turn}>
        ${Object.entries(CHOICES).map(([name, label]) => html`<option value=${name}>${label}</option>`)}
      </select>
    </label>`;
  }

  document.documentElement.dataset.theme = kept();
  corridor.Theme = Theme;
}
