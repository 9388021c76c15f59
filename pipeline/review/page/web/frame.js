"use strict";
/* The frame of the review: the queue or an article, and whether all is saved. */
{
  const { html, useEffect, useRef, useState, useRoute, ask, useSession } = corridor;
  const { Theme, Queue, Review, Saved, Help } = corridor;

  /* The id of the article that the address names; null for the queue. */
  function named() {
    const found = location.hash.match(/^#\/articles\/([^?]+)/);
    try {
      return found && decodeURIComponent(found[1]);
    } catch {
      return null;
    }
  }

  /* The value sets of the server, and the names of codes for the cards. */
  function useChoices() {
    const [found, setFound] = useState({});
    useEffect(() => {
      const keep = (choices) => {
        const sectors = Object.fromEntries(choices.sectors.map(({ code, label }) => [code, label]));
        const countries = Object.fromEntries(choices.countries.map(({ code, name }) => [code, name]));
        setFound({ index: { sectors, countries, choices, values: { labels: choices.labels } } });
      };
      ask("/api/choices").then(keep, (error) => setFound({ error }));
    }, []);
    return found;
  }

  function Lost({ failure }) {
    const next = failure.body?.next;
    return html`<h1 tabindex="-1">This article cannot be opened</h1>
      <p role="alert">${failure.message}.</p>
      <p>
        ${next && html`<a href=${corridor.articleAddress(next)}>Open the next</a> or `}<a href="#/">go to all articles</a>
      </p>`;
  }

  function View({ session, name, query, index, error, help }) {
    if (error) return html`<p role="alert">${error.message}. Reload the page when it runs again.</p>`;
    if (name === null) return html`<${Queue} query=${query} />`;
    if (session.failure && !session.body) return html`<${Lost} failure=${session.failure} />`;
    if (!index || !session.body) return html`<p class="nothing" role="status">Opening …</p>`;
    return html`<${Review} key=${name} session=${session} name=${name} query=${query} index=${index} help=${help} />`;
  }

  /* Scrolls a new view to its top and moves the focus there, for screen readers. */
  function useTop(main, name) {
    const before = useRef(name);
    useEffect(() => {
      if (before.current === name) return;
      before.current = name;
      scrollTo(0, 0);
      main.current.focus({ preventScroll: true });
    }, [name]);
  }

  function App({ title }) {
    const { query } = useRoute();
    const name = named();
    const session = useSession(name);
    const { index, error } = useChoices();
    const [helping, setHelping] = useState(false);
    const main = useRef(null);
    useTop(main, name);
    useEffect(() => {
      document.title = name === null ? title : `${name} – ${title}`;
    }, [name]);
    const skip = (event) => {
      event.preventDefault();
      main.current.focus();
    };
    return html` <a class="skip" href="#main" onClick=${skip}>To the content</a>
      <header class="frame">
        <p class="title">${title}</p>
        <nav aria-label="Views"><a href="#/" aria-current=${name === null ? "page" : "true"}>Articles</a></nav>
        <${Saved} session=${session} />
        <${Theme} />
      </header>
      <main tabindex="-1" id="main" ref=${main}>
        <${View}
          session=${session}
          name=${name}
          query=${query}
          index=${index}
          error=${error}
          help=${() => setHelping(true)}
        />
      </main>
      ${helping && html`<${Help} close=${() => setHelping(false)} />`}`;
  }

  corridor.App = App;
}
