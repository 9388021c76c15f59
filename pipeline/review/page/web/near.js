"use strict";
/* Names near to one that was typed, from the server; near.py describes them. */
{
  const { ask, useEffect, useState, words } = corridor;
  const PAUSE = 60; // milliseconds without typing

  /* The answer of the server: {typed, near}. `typed` is the text that it is for; `of`: "actors", "projects", or null. */
  function useNear(article, of, typed) {
    const [answer, setAnswer] = useState({ typed: "", near: [] });
    useEffect(() => {
      if (!of || !typed) return undefined;
      let current = true;
      const query = new URLSearchParams({ article, of, q: typed });
      const take = (near) => current && setAnswer({ typed, near });
      const wait = setTimeout(
        () =>
          ask(`/api/near?${query}`).then(
            ({ near }) => take(near),
            () => take([]),
          ),
        PAUSE,
      );
      return () => {
        current = false;
        clearTimeout(wait);
      };
    }, [article, of, typed]);
    return answer;
  }

  /* Where a near name is from, and what it means: "known: institutions, government, PAK". */
  function originOf({ source, kind, country, programme, also }) {
    const what = kind ? words(kind) : programme ? "programme" : "project";
    const parts = [source === "article" ? "in the article" : `known: ${source}`, what, country, also && `also ${also}`];
    return parts.filter(Boolean).join(", ");
  }

  /* The fields of a new actor or project with a known name. */
  const fieldsOfNear = (of, { name, kind, country, programme, countries }) =>
    of === "actors" ? { name, kind, country } : { name, programme, countries };

  Object.assign(corridor, { useNear, originOf, fieldsOfNear });
}
