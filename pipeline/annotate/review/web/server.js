"use strict";
/* Asks the server that this page came from; app.py describes what it answers.

   The first of the scripts of a review, which stand after those of a report (base.js) and use them:

     desk.js                         an article and the decisions on their way to the server
     settled.js, spoken.js           ids, what of them is accepted, and their names in words
     tokens.js, selecting.js, chosen.js   words of the text, chosen by mouse or keys, and what is made of them
     icons.js, fields.js, forms.js, tools.js   buttons and forms
     cards.js, commitment.js, slots.js, sections.js   what was read, a card each
     focus.js, keys.js, help.js      where the focus goes, and the keys
     work.js                         all that can be decided; what the parts above are given as `work`
     bars.js, queue.js, review.js, frame.js   the page around them */
{
  const GONE = 0; // the status of no answer at all

  /* `told`: what the server said, with its reason in `error`. */
  class Failure extends Error {
    constructor(status, told) {
      super(told.error);
      Object.assign(this, { status, told });
    }
  }

  const posted = (told) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(told),
  });

  /* The JSON of an answer; with `told` it is a POST. Throws a Failure. */
  async function ask(path, told) {
    let answer, body;
    try {
      answer = await fetch(path, told ? posted(told) : {});
      body = await answer.json();
    } catch {
      throw new Failure(GONE, { error: "the server does not answer" });
    }
    if (!answer.ok) throw new Failure(answer.status, body);
    return body;
  }

  Object.assign(corridor, { ask });
}
