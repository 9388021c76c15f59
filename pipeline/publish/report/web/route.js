"use strict";
/* The address after `#`: `#/commitments?kind=finance&min=0.5`, `#/articles/17?commitment=3&at=57-63`,
   `#/projects/ID`, `#/progress/pair/CHN/PAK`. */
{
  const { useState, useEffect } = corridor;
  const VIEWS = ["overview", "commitments", "progress", "map", "articles", "projects", "new"];
  let start = 0; // the lowest confidence to show where the address has none

  const placed = (number) => (/^\d+$/.test(number) ? Number(number) : -1);

  /* A part of an address as it was before encoding; as it stands where it is no encoded text. */
  function decoded(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  function route() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    const [view, ...parts] = path.split("/");
    const [part] = parts;
    const known = VIEWS.includes(view) ? view : VIEWS[0];
    return {
      view: known,
      number: known === "articles" && part ? placed(part) : null,
      project: known === "projects" && part ? decoded(part) : null,
      subject: known === "progress" && part ? parts.map(decoded) : null,
      query: new URLSearchParams(query),
    };
  }

  /* The address of a view; `least`, the lowest confidence to show, is kept in all views. */
  function address(path, query, least) {
    const all = changed({}, query);
    if (least !== start) all.set("min", least);
    return `#/${path}${all.size ? `?${all}` : ""}`;
  }

  function useRoute() {
    const [now, setNow] = useState(route);
    useEffect(() => {
      const follow = () => setNow(route());
      for (const event of ["popstate", "hashchange"]) addEventListener(event, follow);
      return () => ["popstate", "hashchange"].forEach((event) => removeEventListener(event, follow));
    }, []);
    return now;
  }

  /* Goes to an address; `replace` leaves the present one out of the history. */
  function go(to, replace = false) {
    if (to === location.hash) return;
    history[replace ? "replaceState" : "pushState"](null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }

  /* The query with some values replaced: by text, a list, or null to delete. */
  function changed(query, values) {
    const all = new URLSearchParams(query);
    for (const [name, value] of Object.entries(values)) {
      all.delete(name);
      for (const one of [value].flat()) if (![null, undefined, ""].includes(one)) all.append(name, one);
    }
    return all;
  }

  const startAt = (confidence) => (start = confidence);
  const least = (query) => (query.has("min") ? Math.min(Math.max(Number(query.get("min")) || 0, 0), 1) : start);

  Object.assign(corridor, { useRoute, address, go, changed, least, startAt });
}
