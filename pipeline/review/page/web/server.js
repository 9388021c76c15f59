"use strict";
/* Requests to the server of this page; app.py describes the API.

   This is the first script of a review. They come after those of a report (base.js) and use them:

     session.js                         an article, and its decisions until the server has saved them
     accepted.js, descriptions.js    the ids of what can be accepted, and their descriptions in words
     tokens.js, selecting.js, chosen.js   words of the text, chosen by mouse or keys, and the box to use them
     icons.js, fields.js, forms.js, tools.js   buttons and forms
     near.js, picker.js, naming.js   names near to a typed one, the field to choose one, and new actors and projects
     decided.js, verdict.js          the decisions on commitments, and their buttons
     cards.js, commitment.js, slots.js, sections.js   the results, one card each
     focus.js, follow.js, keys.js, help.js   the focus, the text that follows it, and the keys
     work.js                         all decisions; the parts above get it as `work`
     bars.js, queue.js, review.js, frame.js   the page around them */
{
  const GONE = 0; // status if there is no answer

  /* `body`: the answer of the server, with the reason in `error`. */
  class Failure extends Error {
    constructor(status, body) {
      super(body.error);
      Object.assign(this, { status, body });
    }
  }

  const posted = (data) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(data),
  });

  /* The JSON of an answer; with `data` the request is a POST. Throws a Failure. */
  async function ask(path, data) {
    let answer, body;
    try {
      answer = await fetch(path, data ? posted(data) : {});
      body = await answer.json();
    } catch {
      throw new Failure(GONE, { error: "the server does not answer" });
    }
    if (!answer.ok) throw new Failure(answer.status, body);
    return body;
  }

  Object.assign(corridor, { ask });
}
