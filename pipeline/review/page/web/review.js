"use strict";
/* One article under review: its text, the results, and the buttons. */
{
  const { html, useMemo, useRef, useState, known, tokens } = corridor;
  const { useLook, useKeys, useFollow, useKeptFocus, useSelecting, useWork } = corridor;
  const { Text, Legend, Back, Chosen, Sections, Trouble, Notes, Toolbar, webAddress } = corridor;

  function Header({ work }) {
    const { article } = work.body.view;
    const link = article.url && webAddress(article.url);
    const title = article.title || `${article.text.slice(0, 90)} …`;
    const language = article.language && article.language !== "en" && `not English (${article.language})`;
    return html`<header class="about">
      <h1 tabindex="-1"><bdi>${title}</bdi></h1>
      <p>
        ${[article.source, article.date, language].filter(Boolean).map((one) => html`<bdi>${one}</bdi>`)}
        ${link && html`<a href=${link} target="_blank" rel="noopener noreferrer">Open the original</a>`}
        <span class="id">${article.id}</span>
      </p>
      <${Notes} notes=${work.body.notes} />
    </header>`;
  }

  function Review({ session, name, query, index, help }) {
    const place = useRef(null);
    const { view, record } = session.body;
    const article = useMemo(() => known(view, index), [view, index]);
    const look = useLook(article, encodeURIComponent(name), query);
    const [off, setOff] = useState([]);
    const [chosen, setChosen] = useState(null);
    const focus = useKeptFocus(place);
    const words = useMemo(() => tokens(record.article.text), [record.article.text]);
    const work = useWork({ session, name, article, look, index, focus, words, chosen, setChosen, help });
    const mentions = useMemo(() => view.mentions.filter(({ label }) => !off.includes(label)), [view, off]);
    const now = view.mentions.find(({ id }) => id === chosen?.mention);
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
    useFollow(place, work);
    useSelecting(place, record.article.text, words, (at) => work.choose(at));
    const escape = ({ key }) => key === "Escape" && look.from && look.back();
    return html`<div class="article review" ref=${place} onKeyDown=${escape}>
      <${Header} work=${work} />
      <${Toolbar} work=${work} />
      <${Trouble} session=${session} />
      <div class="columns" ref=${look.place}>
        <section class="reading" aria-label="Text">
          <${Legend} mentions=${view.mentions} labels=${index.values.labels} off=${off} change=${setOff} />
          <${Text}
            article=${article}
            mentions=${mentions}
            highlights=${highlights}
            accepted=${work.accepted}
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
