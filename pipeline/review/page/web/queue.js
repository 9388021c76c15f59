"use strict";
/* The articles to review, the least certain first. */
{
  const { html, useEffect, useState, ask, go, changed, number, several } = corridor;
  const { Search, Message, Pager, Sure } = corridor;
  const SIZE = 50;
  const STATES = ["untouched", "begun", "finished"];

  const articleAddress = (id) => `#/articles/${encodeURIComponent(id)}`;

  /* The answer of the server for the present address; the previous one stays until it comes. */
  function useQueue(query) {
    const [found, setFound] = useState({});
    const page = Math.max(Number.parseInt(query.get("page") ?? 1, 10) || 1, 1);
    const wanted = new URLSearchParams({ limit: SIZE, offset: (page - 1) * SIZE });
    const state = query.get("state");
    if (STATES.includes(state)) wanted.set("state", state);
    if (query.get("q")) wanted.set("q", query.get("q"));
    const address = `/api/queue?${wanted}`;
    useEffect(() => {
      let current = true;
      ask(address).then(
        (value) => current && setFound({ value }),
        (error) => current && setFound({ error }),
      );
      return () => (current = false);
    }, [address]);
    return { ...found, page };
  }

  function States({ counts, query, change }) {
    const now = query.get("state") ?? "";
    const all = Object.values(counts).reduce((one, other) => one + other, 0);
    const tabs = [["", "all", all], ...STATES.map((state) => [state, state, counts[state]])];
    return html`<div class="states" role="group" aria-label="State">
      ${tabs.map(
        ([state, label, count]) =>
          html`<button
            key=${state}
            type="button"
            aria-pressed=${now === state}
            onClick=${() => change({ state, page: null })}
          >
            ${label} <span class="count">${number(count)}</span>
          </button>`,
      )}
    </div>`;
  }

  function Rows({ articles }) {
    return html`<div class="table queue">
      <table>
        <caption class="hidden">
          Articles, the least certain first
        </caption>
        <thead>
          <tr>
            <th scope="col" class="of-title">Article</th>
            <th scope="col" class="of-state">State</th>
            <th scope="col" class="of-sure right">Confidence</th>
          </tr>
        </thead>
        <tbody>
          ${articles.map(
            ({ id, title, state, confidence }) =>
              html`<tr key=${id} onClick=${() => go(articleAddress(id))}>
                <td class="of-title">
                  <a href=${articleAddress(id)} onClick=${(event) => event.stopPropagation()}
                    ><bdi>${title || id}</bdi></a
                  >
                  <span class="id">${id}</span>
                </td>
                <td><span class=${`state ${state}`}>${state}</span></td>
                <td class="right"><${Sure} of=${confidence} /></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  function Queue({ query }) {
    const { value, error, page } = useQueue(query);
    if (error)
      return html`<h1 tabindex="-1">Articles</h1>
        <p role="alert">${error.message}. Reload the page when it runs again.</p>`;
    if (!value) return html`<p class="nothing" role="status">Opening …</p>`;
    const change = (values) => go(`#/?${changed(query, values)}`, true);
    const { articles, total, counts, next } = value;
    const first = (page - 1) * SIZE;
    const pages = Math.ceil(total / SIZE);
    return html` <div class="start">
        <h1 tabindex="-1">Articles to review</h1>
        ${
          next === null
            ? html`<p class="all-done">All articles are finished.</p>`
            : html`<a class="primary button" href=${articleAddress(next)}>
                ${counts.begun + counts.finished ? "Continue" : "Start"} with the least certain
              </a>`
        }
      </div>
      <div class="filters">
        <${Search}
          label="Search titles and ids"
          value=${query.get("q") ?? ""}
          change=${(q) => change({ q, page: null })}
        />
        <${States} counts=${counts} query=${query} change=${change} />
      </div>
      <${Message}>${several(total, "article")}, the least certain first<//>
      <${Rows} articles=${articles} />
      ${total === 0 && html`<p class="nothing">No article matches.</p>`}
      ${
        pages > 1 &&
        html`<${Pager}
          page=${page}
          pages=${pages}
          size=${SIZE}
          sizes=${[SIZE]}
          first=${first + 1}
          last=${first + articles.length}
          all=${total}
          change=${change}
        />`
      }`;
  }

  Object.assign(corridor, { Queue, articleAddress });
}
