"use strict";
/* The box for words chosen in the text, to make them a mention or a part of a commitment. */
{
  const { html, useEffect, useLayoutEffect, useRef, useState, words, Choice, IconButton } = corridor;
  const { apart, keysOf, useNear, originOf, fieldsOfNear, moved, stepped, leapt, quoted, LABELS } = corridor;
  const NEW = { "+actors": "a new actor", "+projects": "a new project" };
  const PROJECTS = ["PROJECT", "PROGRAMME"];
  const GAP = 8; // pixels between the words and the box
  const EDGES = [
    ["start", -1, "Start a word earlier"],
    ["start", 1, "Start a word later"],
    ["end", -1, "End a word earlier"],
    ["end", 1, "End a word later"],
  ];

  /* Puts the box below the words, within the text; on a narrow screen the style sheet puts it at the bottom. */
  function usePlace(box, place) {
    useLayoutEffect(() => {
      const reading = box.current.closest(".reading").getBoundingClientRect();
      const found = [...document.querySelectorAll(".text .picked")].at(-1)?.getBoundingClientRect();
      if (!found) return;
      const left = Math.max(0, Math.min(found.left - reading.left, reading.width - box.current.offsetWidth - GAP));
      box.current.style.setProperty("--left", `${left}px`);
      box.current.style.setProperty("--top", `${found.bottom - reading.top + GAP}px`);
      box.current.scrollIntoView({ block: "nearest" });
    }, [place.start, place.end]);
  }

  function Chosen({ work, chosen, change, close }) {
    const box = useRef(null);
    const { article } = work;
    const ahead = corridor.onward(document.querySelector(".text"));
    const mention = article.record.mentions.find(({ id }) => id === chosen.mention);
    const place = mention ?? chosen;
    const quote = article.slice(place.start, place.end);
    const go = (next) => (mention ? work.set(mention.id, { start: next.start, end: next.end }) : change(next));
    const nudge = (edge, by) => go(moved(work.tokens, place, edge, by));
    useLayoutEffect(() => box.current.focus({ preventScroll: true }), [chosen.mention]);
    useEffect(() => {
      document.querySelector(".text .picked")?.scrollIntoView({ block: "nearest" });
    }, [place.start, place.end]);
    usePlace(box, place);
    const keys = (event) => {
      if (event.key === "Escape") return close();
      if (event.target.matches("input, select, textarea")) return undefined;
      const by = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return undefined;
      event.preventDefault();
      if (event.shiftKey) return nudge("end", by);
      if (event.altKey) return nudge("start", by);
      if (mention) return undefined;
      const far = event.key.startsWith("ArrowU") || event.key.startsWith("ArrowD");
      return change(far ? leapt(work.tokens, work.body.record.sentences, place, by) : stepped(work.tokens, place, by));
    };
    return html`<div
      class="words-box"
      role="dialog"
      tabindex="-1"
      ref=${box}
      data-id=${mention?.id}
      onKeyDown=${keys}
      aria-label=${mention ? `The mention ${quoted(quote)}` : `The words ${quoted(quote)}`}
    >
      <header>
        <q aria-live="polite"><bdi>${quote}</bdi></q>
        <${IconButton} icon="remove" label="Close" press=${close} />
      </header>
      <p class="edges" dir=${ahead > 0 ? "ltr" : "rtl"}>
        ${EDGES.map(
          ([edge, by, label]) =>
            html`<${corridor.Fragment} key=${label}>
              ${by < 0 && html`<span aria-hidden="true">${edge}</span>`}
              <${IconButton} icon=${by * ahead > 0 ? "right" : "left"} label=${label} press=${() => nudge(edge, by)} />
            <//>`,
        )}
      </p>
      <${AsMention}
        key=${chosen.mention}
        work=${work}
        mention=${mention}
        place=${place}
        quote=${quote}
        close=${close}
      />
      <${AsPart}
        work=${work}
        place=${place}
        adding=${chosen.adding}
        isNamed=${mention && !Object.values(LABELS).includes(mention.label)}
        close=${close}
      />
    </div>`;
  }

  /* The label and entity of the same words elsewhere in the article. */
  function alike(article, quote) {
    const twin = article.record.mentions.find(({ start, end }) => article.slice(start, end) === quote);
    const named = [...article.record.actors, ...article.record.projects].find(
      ({ name, aliases }) => name === quote || aliases.includes(quote),
    );
    return { label: twin?.label ?? "ORG", entity: twin?.entity ?? named?.id ?? "" };
  }

  const tableOf = (label) => (PROJECTS.includes(label) ? "projects" : "actors");

  /* The words as a mention. Names near to them come before a new actor or project. */
  function AsMention({ work, mention, place, quote, close }) {
    const { record } = work.article;
    const guess = mention ?? alike(work.article, quote);
    const [label, setLabel] = useState(guess.label);
    const [means, setMeans] = useState(guess.entity ?? "");
    const [kind, setKind] = useState(null);
    const near = useNear(work.name, tableOf(label), quote).near;
    const known = near.filter(({ id }) => id === null);
    const entities = apart([...record.actors, ...record.projects].map(({ id, name }) => [id, name]));
    const ofKnown = known.map((one) => [`+known ${one.name}`, `${one.name}, ${originOf(one)}`]);
    const of = [["", "nobody"], ...entities, ...ofKnown, ...Object.entries(NEW)];
    const same = label === mention?.label && means === (mention.entity ?? "");
    const remove = () => work.remove(mention.id) && close();
    const isNew = means.startsWith("+");
    const link = async (id) => {
      if (!isNew) return id;
      const one = known.find(({ name }) => means === `+known ${name}`);
      const table = one ? tableOf(label) : means.slice(1);
      const fields = one ? fieldsOfNear(table, one) : { name: quote, ...(table === "actors" && { kind }) };
      return (await work.addEntity(table, fields, [id])) && id;
    };
    const submit = async (event) => {
      event.preventDefault();
      const entity = isNew ? undefined : means || null;
      const id = mention ? await work.relabel(mention, label, entity) : await work.addMention(label, place, entity);
      if (id && (await link(id))) close(id);
    };
    return html`<form class="editing" aria-label="Mention" onSubmit=${submit} onKeyDown=${keysOf(close)}>
      <${Choice} label="Label" value=${label} change=${setLabel} of=${work.choices.labels} />
      <${Choice} label="Means" value=${means} change=${setMeans} of=${of} />
      ${means === "+actors" && html`<${Choice} label="Kind of actor" value=${kind} change=${setKind} of=${work.choices.actor_kinds} />`}
      <div class="buttons">
        <button type="submit" class="primary">${mention ? (same ? "Accept" : "Save") : "Add mention"}</button>
        ${mention && html`<${IconButton} icon="remove" label="Remove" press=${remove}>Remove<//>`}
      </div>
    </form>`;
  }

  const holds =
    (place) =>
    ({ evidence }) =>
      evidence.some(({ start, end }) => start <= place.start && place.end <= end);

  /* Words as trigger, amount, date or sentence of a commitment, or as the trigger of a new one. */
  function AsPart({ work, place, isNamed, adding, close }) {
    const { record, slice } = work.article;
    const { statuses, commitment_kinds: kinds } = work.choices;
    const near = record.commitments[work.look.number] ?? record.commitments.find(holds(place));
    const [target, setTarget] = useState(adding ? "" : (near?.id ?? ""));
    const [kind, setKind] = useState(kinds[0]);
    const [status, setStatus] = useState("agreed");
    const of = record.commitments.map(({ id, kind, status, trigger }) => [
      id,
      `${id}: ${words(kind)}, ${words(status)}, “${slice(trigger.start, trigger.end)}”`,
    ]);
    const done = async (made) => (await made) && close(await made);
    const at = { start: place.start, end: place.end };
    const fill = (slot) => () => done(work.fill(target, slot, `${place.start}:${place.end}`));
    const submit = (event) => {
      event.preventDefault();
      done(work.add("commitment", { kind, status, ...at }));
    };
    return html`<details open=${!isNamed}>
      <summary>Part of a commitment</summary>
      <form class="editing" aria-label="Part of a commitment" onSubmit=${submit} onKeyDown=${keysOf(close)}>
        <${Choice}
          label="Commitment"
          value=${target}
          change=${setTarget}
          of=${[["", "a new one, with this trigger"], ...of]}
        />
        ${
          target === ""
            ? html`<${Choice} label="Status" value=${status} change=${setStatus} of=${statuses} />
                <${Choice} label="Kind" value=${kind} change=${setKind} of=${kinds} />
                <div class="buttons"><button type="submit">Add commitment</button></div>`
            : html`<div class="buttons" role="group" aria-label=${`Add these words to ${target}`}>
                ${Object.keys(LABELS).map(
                  (slot) =>
                    html`<button key=${slot} type="button" onClick=${fill(slot)}>
                      ${slot === "amounts" ? "Amount" : "Date"}
                    </button>`,
                )}
                <button type="button" onClick=${() => done(work.set(target, at))}>Trigger</button>
                <button type="button" onClick=${() => done(work.addEvidence(target, place))}>Sentence</button>
              </div>`
        }
      </form>
    </details>`;
  }

  Object.assign(corridor, { Chosen });
}
