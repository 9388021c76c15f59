"use strict";
/* Corridor's page: plain scripts without a build step, in the order of `SCRIPTS` in page.py.

   Each file is a block that takes what it needs from `corridor` and adds what others may use. Components are Preact
   functions; `html` makes elements and treats its values as text, never as markup. Nothing here sets innerHTML, and
   the policy of the page forbids it to the libraries too (the default policy below allows only the empty string).

     source.js     the data: `index()`, `article(number)`, `search(words)`, `progress()`, `map()`, and `projects()` and
                   `news()` where the index has them; a page with a server sets `corridor.source` to an object with the
                   first three before start.js, and with the others where its index has `has_progress`, `has_map`
     route.js      the address after `#` holds the state of the page: view, filters, selection
     words.js      numbers, names and confidences in words      theme.js     light or dark
     controls.js, facets.js, table.js, csv.js                   charts.js, network.js
     money.js      sums of rows, and what they leave out        confidence.js   which rows the page shows and hides
     overview.js, commitments.js, articles.js, projects.js, news.js     the views of all articles
     marks.js, track.js, act.js, acts.js, progress.js           how far acts have come, from promise to fulfilment
     world.js, map.js                                           the map
     spans.js      splits the text at mentions and highlights; converts characters to UTF-16
     known.js      looks up parts of a record for the cards
     text.js, cards.js, commitment_card.js, panel.js, article.js   the view of one article
     app.js        the frame; start.js renders it

   `corridor.actions(what, part, article)` returns the footer of a card, or nothing; `what` is "actor", "project",
   "relation" or "commitment". Another kind of page can set it, or `corridor.source`, or `corridor.App`, a frame of its
   own, as the page of reviews does (pipeline/review/page/web). */
const corridor = { actions: () => null };
{
  const { h, render, Fragment } = preact;
  const TURNING = /[\u202a-\u202e\u2066-\u2069]/g; // change the direction of reading, and can disguise words

  const shown = (part) =>
    typeof part === "string" ? part.replace(TURNING, "") : Array.isArray(part) ? part.map(shown) : part;
  const draw = (type, values, ...parts) => h(type, values, ...parts.map(shown));

  Object.assign(corridor, preactHooks, { html: htm.bind(draw), render, Fragment, shown });

  window.trustedTypes?.createPolicy("default", { createHTML: (text) => (text ? null : text) });
}
