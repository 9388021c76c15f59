"use strict";
/* An article as the server has it, and the decisions that are sent to the server one after the other.

   A decision stays in `waiting` until it is answered, so that nothing is lost if the server is gone for a while.
   `trouble`: {what, why, lost}; `what` is "gone" (decisions wait), "conflict" or "refused" (they are dropped, and
   listed in `lost`). */
{
  const { ask, useEffect, useState } = corridor;
  const CHANGED = 409;
  const LOCKED = 401; // the server was restarted and asks for its new token
  const BROKEN = 500;

  class Session {
    body = null;
    failure = null;
    trouble = null;
    waiting = [];
    busy = false;
    watchers = new Set();

    constructor(name) {
      this.path = `/api/articles/${encodeURIComponent(name)}`;
    }

    notify() {
      for (const watcher of this.watchers) watcher();
    }

    async open() {
      if (this.waiting.length) return;
      try {
        Object.assign(this, { body: await ask(this.path), failure: null });
      } catch (failure) {
        this.failure = failure;
      }
      this.notify();
    }

    /* The article after a decision, null if it was not made. `message`: the decision in words. */
    decide(operation, message, path = "edits") {
      return new Promise((answered) => {
        this.waiting.push({ operation, message, path, answered });
        this.notify();
        this.send();
      });
    }

    async send() {
      if (this.busy) return;
      this.busy = true;
      while (this.waiting.length && this.trouble?.what !== "gone") {
        this.notify();
        const [first] = this.waiting;
        try {
          this.made(await ask(`${this.path}/${first.path}`, { version: this.body.version, ...first.operation }));
        } catch (failure) {
          this.failed(failure);
        }
      }
      this.busy = false;
      this.notify();
    }

    made(body) {
      const { message, answered } = this.waiting.shift();
      this.body = body;
      if (this.trouble?.what === "refused") this.trouble = null;
      corridor.announce(`Saved. ${message}.`);
      answered(body);
    }

    failed({ status, message, body }) {
      if (status === 0 || status === LOCKED || status >= BROKEN) {
        this.trouble = { what: "gone", why: message };
        return;
      }
      const lost = this.waiting.splice(0);
      if (status === CHANGED) this.body = body.article;
      this.trouble = {
        what: status === CHANGED ? "conflict" : "refused",
        why: message,
        lost: lost.map((one) => one.message),
      };
      for (const { answered } of lost) answered(null);
    }

    again() {
      this.trouble = null;
      this.send();
    }

    dismiss() {
      this.trouble = null;
      this.notify();
    }
  }

  const sessions = new Map();

  /* The session of an article; it is kept while decisions wait. */
  function useSession(name) {
    if (name !== null && !sessions.has(name)) sessions.set(name, new Session(name));
    const session = sessions.get(name) ?? null;
    const [, turn] = useState(0);
    useEffect(() => {
      if (!session) return undefined;
      const watcher = () => turn((count) => count + 1);
      session.watchers.add(watcher);
      session.open();
      return () => {
        session.watchers.delete(watcher);
        if (!session.waiting.length) sessions.delete(name);
      };
    }, [session]);
    return session;
  }

  addEventListener("beforeunload", (event) => {
    if ([...sessions.values()].some(({ waiting }) => waiting.length)) event.preventDefault();
  });

  Object.assign(corridor, { useSession });
}
