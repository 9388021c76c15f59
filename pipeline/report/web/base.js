"use strict";
/* Corridor's page: plain scripts without a build step, put into the page in the order of `SCRIPTS` in page.py.

   Each file is a block that takes what it needs from `corridor` and adds what others may use. Components are functions
   of Preact; `html` makes elements of them, and what it is given is text, never markup: nothing here sets innerHTML,
   and the policy of the page forbids it to the libraries too (the default policy below lets only nothing through).

     source.js     where data comes from: `index()`, `article(number)`, `search(words)`; a server's page sets
                   `corridor.source` to an object with the same three before start.js
     route.js      the address after `#` is the state of the page: view, filters, what is pointed at
     words.js      numbers, names and confidences in words      theme.js     light, dark, and colours for charts
     controls.js, facets.js, table.js                           charts.js, network.js
     overview.js, commitments.js, articles.js                   the views over all articles
     spans.js      the text cut where a mention or a highlight begins or ends; from characters to UTF-16
     known.js      a record as cards ask of it
     text.js, cards.js, commitment_card.js, panel.js, article.js   the view of one article
     app.js        the frame; start.js draws it

   `corridor.actions(what, part, article)` returns what stands at the foot of a card or nothing; `what` is "actor",
   "project", "relation" or "commitment". A page of another kind sets it, or `corridor.source`, or, as that of reviews in
   pipeline/annotate/review/web, `corridor.App`: a frame of its own around these parts. */
const corridor = { actions: () => null };
{
  const { h, render, Fragment } = preact;
  const TURNING = /[\u202a-\u202e\u2066-\u2069]/g; // turn the direction of reading, and can make words read as others

  const shown = (part) =>
    typeof part === "string" ? part.replace(TURNING, "") : Array.isArray(part) ? part.map(shown) : part;
  const draw = (type, values, ...parts) => h(type, values, ...parts.map(shown));

  Object.assign(corridor, preactHooks, { html: htm.bind(draw), render, Fragment, shown });

  window.trustedTypes?.createPolicy("default", { createHTML: (text) => (text ? null : text) });
}
