"use strict";
/* The frame: title, views, lowest confidence, theme. */
{
  const { html, useEffect, useRef, useState, useRoute, address, go, changed, least, startAt } = corridor;
  const { Overview, Commitments, Articles, Article, Projects, Progress, WorldMap, News, Least, Theme } = corridor;
  const VIEWS = {
    overview: "Overview",
    commitments: "Commitments",
    progress: "Progress",
    map: "Map",
    projects: "Projects",
    articles: "Articles",
    new: "What is new",
  };
  const NEEDS = { progress: "has_progress", map: "has_map", projects: "has_projects", new: "has_news" }; // of the index
  const there = (index, view) => !(view in NEEDS) || Boolean(index?.[NEEDS[view]]);

  async function opened() {
    const index = await corridor.source.index();
    startAt(index.start_confidence ?? 0);
    return index;
  }

  /* The result of a promise: {value} or {error}; neither while it is pending. */
  function usePromise(make, inputs) {
    const [found, setFound] = useState({});
    useEffect(() => {
      let wanted = true;
      setFound({});
      make().then(
        (value) => wanted && setFound({ value, done: true }),
        (error) => wanted && setFound({ error, done: true }),
      );
      return () => (wanted = false);
    }, inputs);
    return found;
  }

  function Waiting({ error }) {
    if (!error) return html`<p class="nothing" role="status">Opening …</p>`;
    return html`<p class="nothing" role="alert">
      The data of this page cannot be read: ${error.message}. It needs a browser of 2024 or newer, and the whole file.
    </p>`;
  }

  function OneArticle({ index, number, query }) {
    const { value, error, done } = usePromise(() => corridor.source.article(number), [number]);
    if (!done || error) return html`<${Waiting} error=${error} />`;
    if (!value) return html`<h1 tabindex="-1">There is no such article</h1>`;
    return html`<${Article} key=${number} record=${value} number=${number} index=${index} query=${query} />`;
  }

  /* A view of blocks of data that are opened when they are wanted: `of` are their names. */
  function Opened({ of, children }) {
    const { value, error } = usePromise(() => Promise.all(of.map((name) => corridor.source[name]())), [of.join()]);
    return value ? children(value) : html`<${Waiting} error=${error} />`;
  }

  const OPENED = {
    projects: [
      ["projects", "progress"],
      ({ index, route }, [projects, progress]) =>
        html`<${Projects} index=${index} projects=${projects} progress=${progress} id=${route.project} query=${route.query} />`,
    ],
    progress: [
      ["progress"],
      ({ index, route }, [progress]) =>
        html`<${Progress} index=${index} progress=${progress} subject=${route.subject} query=${route.query} />`,
    ],
    map: [["map"], ({ index, route }, [world]) => html`<${WorldMap} index=${index} world=${world} query=${route.query} />`],
    new: [["news"], ({ index, route }, [news]) => html`<${News} index=${index} news=${news} query=${route.query} />`],
  };

  function View({ index, route }) {
    const { view, number, query } = route;
    if (view === "commitments") return html`<${Commitments} index=${index} query=${query} />`;
    if (view === "articles" && number !== null)
      return html`<${OneArticle} index=${index} number=${number} query=${query} />`;
    if (view === "articles") return html`<${Articles} index=${index} query=${query} />`;
    if (view in OPENED && there(index, view)) {
      const [of, draw] = OPENED[view];
      return html`<${Opened} key=${view} of=${of}>${(blocks) => draw({ index, route }, blocks)}<//>`;
    }
    return html`<${Overview} index=${index} query=${query} />`;
  }

  /* Scrolls a new view to its top and moves the focus there for screen readers; not when the page opens. */
  function useTop(key) {
    const main = useRef(null);
    const before = useRef(key);
    useEffect(() => {
      if (before.current === key) return;
      before.current = key;
      scrollTo(0, 0);
      main.current.focus({ preventScroll: true });
    }, [key]);
    return main;
  }

  function App({ title }) {
    const route = useRoute();
    const { view, number, project, subject, query } = route;
    const { value: index, error } = usePromise(opened, []);
    const main = useTop(`${view} ${number} ${project} ${subject}`);
    const sure = least(query);
    const here = (name) => (name !== view ? null : number === null && project === null && subject === null ? "page" : "true");
    const views = Object.entries(VIEWS).filter(([name]) => there(index, name));
    const narrow = (value) => {
      const all = changed(query, { min: value, page: null });
      go(`${location.hash.split("?")[0] || "#/overview"}?${all}`, true);
    };
    const skip = (event) => {
      event.preventDefault();
      main.current.focus();
    };
    useEffect(() => {
      document.title = `${VIEWS[view]} – ${title}`;
    }, [view]);
    return html`
      <a class="skip" href="#main" onClick=${skip}>To the content</a>
      <header class="frame">
        <p class="title"><bdi>${title}</bdi></p>
        <nav aria-label="Views">
          ${views.map(
            ([name, label]) =>
              html`<a key=${name} href=${address(name, {}, sure)} aria-current=${here(name)}>${label}</a>`,
          )}
        </nav>
        <${Least} value=${sure} change=${narrow} />
        <${Theme} />
      </header>
      <main tabindex="-1" id="main" ref=${main}>
        ${index ? html`<${View} index=${index} route=${route} />` : html`<${Waiting} error=${error} />`}
      </main>
      <footer class="frame">
        Made by Corridor. Confidences are calibrated: of those at 0.8, about 8 in 10 are right. Check the quoted words
        before you rely on a value.
      </footer>`;
  }

  corridor.App = App;
}
