"use strict";
/* One article: its text with mentions marked, and the results, each linked to its words. */
{
  const {
    html,
    useEffect,
    useMemo,
    useRef,
    useState,
    address,
    go,
    changed,
    least,
    webAddress,
    known,
    Text,
    Panel,
    Legend,
    Sure,
  } = corridor;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const EDGE = 80; // pixels above and below that bars may cover

  /* The selection in the address: a commitment by its number, words by their offsets. */
  function pointed(query, article) {
    const number = query.has("commitment") ? Number(query.get("commitment")) : null;
    const commitment = article.record.commitments[number];
    const at =
      query
        .get("at")
        ?.match(/^(\d+)-(\d+)$/)
        ?.slice(1)
        .map(Number) ?? null;
    const soft = (commitment?.evidence ?? []).map((span) => ({ ...span, mark: "evidence" }));
    const words = at ? { start: at[0], end: at[1] } : commitment?.trigger;
    return {
      number: commitment ? number : null,
      at,
      highlights: words ? [...soft, { ...words, mark: "found" }] : soft,
    };
  }

  /* Scrolls to the selection, and moves the focus there if a button asked for it. */
  function reveal(root, focus) {
    const found = root.querySelector(".text .found") ?? root.querySelector(".text .evidence");
    if (!found) return;
    const { top, bottom } = found.getBoundingClientRect();
    const seen = top > EDGE && bottom < innerHeight - EDGE;
    if (!seen) found.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    const target = found.closest("mark") ?? found;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    if (focus) target.focus({ preventScroll: true });
  }

  /* The selection, and functions to change it: `to` words, or to a `commitment`. The button that asked is kept, to
     return to it. */
  function useLook(article, number, query) {
    const place = useRef(null);
    const from = useRef(null);
    const [turn, setTurn] = useState(0);
    const points = useMemo(() => pointed(query, article), [query.toString(), article]);
    useEffect(() => reveal(place.current, from.current !== null), [points, turn]);
    const show = (values, button) => {
      from.current = button;
      setTurn(turn + 1);
      go(`#/articles/${number}?${changed(query, values)}`, true);
    };
    const back = () => {
      from.current.focus();
      from.current.scrollIntoView({ block: "center" });
      from.current = null;
      setTurn(turn + 1);
    };
    return {
      ...points,
      place,
      back,
      from: from.current,
      to: (at, button = null) => show({ at: at.join("-") }, button),
      commitment: (one, button = null) => show({ commitment: String(one), at: null }, button),
    };
  }

  function Article({ record, number, index, query }) {
    const article = useMemo(() => known(record, index), [record, index]);
    const look = useLook(article, number, query);
    const [off, setOff] = useState([]);
    const [now, setNow] = useState(null);
    const sure = least(query);
    const chosen = query.has("min") ? sure : 0; // the page starts at a row confidence, which mentions have not
    const all = useMemo(() => record.mentions.filter(({ confidence }) => confidence >= chosen), [record, chosen]);
    const marked = useMemo(() => all.filter(({ label }) => !off.includes(label)), [all, off]);
    const choose = (mention) => {
      setNow(mention.entity);
      look.to([mention.start, mention.end]);
    };
    const escape = ({ key }) => key === "Escape" && look.from && look.back();
    return html`<div class="article" ref=${look.place} onKeyDown=${escape}>
      <${Header} article=${record.article} sectors=${record.sectors} number=${number} index=${index} sure=${sure} />
      <div class="columns">
        <section class="reading" aria-label="Text">
          <${Legend} mentions=${all} labels=${index.values.labels} off=${off} change=${setOff} />
          <${Text} article=${article} mentions=${marked} highlights=${look.highlights} choose=${choose} entity=${now} />
        </section>
        <${Panel} article=${article} least=${chosen} leastRow=${sure} look=${look} now=${now} />
      </div>
      <${Back} article=${article} look=${look} />
    </div>`;
  }

  /* Shows the selected words, and returns to the button that asked for them. */
  function Back({ article, look }) {
    const words = look.highlights.at(-1);
    return html`<div class="back" role="status">
      ${
        look.from &&
        words &&
        html`<q>${article.slice(words.start, words.end)}</q> ${article.pageOf(words.start)}
        <button type="button" onClick=${look.back}>Back to the value <kbd>Esc</kbd></button>`
      }
    </div>`;
  }

  function Header({ article, sectors, number, index, sure }) {
    const link = article.url && webAddress(article.url);
    const to = (other, label) =>
      other in index.articles && html`<a href=${address(`articles/${other}`, {}, sure)}>${label}</a>`;
    const language =
      article.language && article.language !== "en" && `not English (${article.language}): check all results`;
    return html`<header class="about">
      <nav aria-label="Articles">${to(number - 1, "← Previous")} ${to(number + 1, "Next →")}</nav>
      <h1 tabindex="-1"><bdi>${index.articles[number].title || article.id}</bdi></h1>
      <p>
        ${[article.source, article.date, language].filter(Boolean).map((text) => html`<bdi>${text}</bdi>`)}
        ${
          link
            ? html`<a href=${link} target="_blank" rel="noopener noreferrer">Open the original</a>`
            : article.url && html`<span>${article.url}</span>`
        }
        <span class="id">${article.id}</span>
      </p>
      ${
        sectors.length > 0 &&
        html`<ul class="sectors" aria-label="Sectors">
        ${sectors.map(
          ({ code, confidence }) =>
            html`<li key=${code}>${index.sectors[code] ?? code} <${Sure} of=${confidence} /></li>`,
        )}
      </ul>`
      }
    </header>`;
  }

  Object.assign(corridor, { Article, Back, useLook });
}
