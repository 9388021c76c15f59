"use strict";
/* Asks the server that this page came from; app.py describes what it answers. */
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
