"use strict";
/* One article under review: its text, all that was read out of it, and what can be decided. */
{
  const { html, useMemo, useRef, useState, known, tokens } = corridor;
  const { useLook, useKeys, useKeptFocus, useSelecting, useWork } = corridor;
  const { Text, Legend, Back, Chosen, Sections, Trouble, Notes, Toolbar, One, EditForm, webAddress } = corridor;

  function Header({ work }) {
    const { article: told, sectors } = work.body.told;
    const link = told.url && webAddress(told.url);
    const title = told.title || `${told.text.slice(0, 90)} …`;
    const language = told.language && told.language !== "en" && `not English (${told.language})`;
    return html`<header class="about">
      <h1 tabindex="-1"><bdi>${title}</bdi></h1>
      <p>
        ${[told.source, told.date, language].filter(Boolean).map((one) => html`<span>${one}</span>`)}
        ${link && html`<a href=${link} target="_blank" rel="noopener noreferrer">Read it where it appeared</a>`}
        <span class="id">${told.id}</span>
      </p>
      <div class="article-sectors">
        <${One}
          work=${work}
          id="article"
          told=${sectors.map(({ code }) => work.article.sector(code)).join(", ") || "no sectors"}
          removable=${false}
          form=${() => html`<${EditForm} work=${work} id="article" what="article" part=${{ sectors }} />`}
        />
      </div>
      <${Notes} notes=${work.body.notes} />
    </header>`;
  }

  function Review({ desk, name, query, index, help }) {
    const place = useRef(null);
    const { told, record } = desk.body;
    const article = useMemo(() => known(told, index), [told, index]);
    const look = useLook(article, encodeURIComponent(name), query);
    const [off, setOff] = useState([]);
    const [chosen, setChosen] = useState(null);
    const focus = useKeptFocus(place);
    const words = useMemo(() => tokens(record.article.text), [record.article.text]);
    const work = useWork({ desk, name, article, look, index, focus, words, chosen, setChosen, help });
    const mentions = useMemo(() => told.mentions.filter(({ label }) => !off.includes(label)), [told, off]);
    const now = told.mentions.find(({ id }) => id === chosen?.mention);
    const marked = now ?? chosen;
    const highlights = useMemo(
      () => (marked ? [...look.highlights, { start: marked.start, end: marked.end, mark: "picked" }] : look.highlights),
      [look.highlights, marked?.start, marked?.end],
    );
    const close = (id = null) => {
      setChosen(null);
      if (typeof id === "string") focus(id);
    };
    useKeys(work);
    useSelecting(place, record.article.text, words, (at) => work.choose(at));
    const escape = ({ key }) => key === "Escape" && look.from && look.back();
    return html`<div class="article review" ref=${place} onKeyDown=${escape}>
      <${Header} work=${work} />
      <${Toolbar} work=${work} />
      <${Trouble} desk=${desk} />
      <div class="columns" ref=${look.place}>
        <section class="reading" aria-label="Text">
          <${Legend} mentions=${told.mentions} labels=${index.values.labels} off=${off} change=${setOff} />
          <${Text}
            article=${article}
            mentions=${mentions}
            highlights=${highlights}
            settled=${work.accepted}
            choose=${work.chooseMention}
            entity=${now?.entity ?? null}
          />
          ${chosen && (now || !chosen.mention) && html`<${Chosen} work=${work} chosen=${chosen} change=${work.move} close=${close} />`}
        </section>
        <${Sections} work=${work} now=${now?.entity ?? null} />
      </div>
      ${!chosen && html`<${Back} article=${article} look=${look} />`}
    </div>`;
  }

  Object.assign(corridor, { Review });
}
