"use strict";
/* Where the commitments are, or the money of one kind, status and currency: shaded countries, places, arrows. A click
   leads to the rows in the table of commitments, with the same filters. */
{
  const { html, useMemo, useState, address, changed, commitmentTable, counts, equalEarth, geoJson } = corridor;
  const { go, home, least, number, placeKey, several, short, shown, useTable, words } = corridor;
  const { Chart, Facets, Figure, Hidden, Message, Numbers, Search } = corridor;
  const ROLES = { country: "Countries of projects", recipient: "Recipients", provider: "Providers" };
  const [CLASSES, ARROWS, STEP, WIDEST] = [5, 30, 1.6, 12]; // shades, arrows at most, of a zoom, the greatest zoom
  const FACETS = ["kind", "status", "provider", "recipient", "instrument", "sector", "country", "place", "year"];
  const WORLD = { zoom: 1, center: null };
  const narrow = innerWidth < 720;

  const ofRole = { country: (row) => row.countries, recipient: (row) => row.recipients, provider: (row) => row.providers };

  /* The kinds of money that can be shown, the one with most acts first: [key, words]. */
  function moneyOf(rows) {
    const found = counts(rows.filter((row) => row.sum).map((row) => JSON.stringify([row.instrument, row.status, row.sum[0]])));
    return found.map(([key, acts]) => {
      const [instrument, status, currency] = JSON.parse(key);
      return [key, `${words(instrument)}, ${words(status)}, ${currency} (${several(acts, "act")})`];
    });
  }

  /* By code or name, what is shown of it, the greatest first: {code, count, value}. */
  function totals(rows, of, money) {
    const found = new Map();
    for (const row of rows)
      for (const code of new Set(of(row))) {
        const one = found.get(code) ?? { code, count: 0, value: 0 };
        one.count += 1;
        one.value += money ? row.sum[1] : 1;
        found.set(code, one);
      }
    return [...found.values()].sort((a, b) => b.value - a.value || (a.code < b.code ? -1 : 1));
  }

  /* The least value of each shade, at most five of them. */
  function classesOf(values) {
    const different = [...new Set(values)].sort((a, b) => a - b);
    const size = Math.min(CLASSES, different.length);
    return Array.from({ length: size }, (_, place) => different[Math.floor((place * different.length) / size)]);
  }

  const shadeOf = (classes, value) => {
    const place = classes.findLastIndex((least) => value >= least);
    return CLASSES - classes.length + place + 1;
  };

  const colour = (classes, value) => `var(--map-${shadeOf(classes, value)})`;

  function legendOf(classes, all, say) {
    const values = all.map(({ value }) => value).sort((a, b) => a - b);
    return classes.map((from, place) => {
      const inside = values.filter((value) => value >= from && value < (classes[place + 1] ?? Infinity));
      const [low, high] = [say(inside[0]), say(inside.at(-1))];
      return [CLASSES - classes.length + place + 1, low === high ? low : `${low} to ${high}`];
    });
  }

  function arrowsOf(rows, money, points) {
    const pairs = (row) => row.providers.flatMap((from) => row.recipients.map((to) => JSON.stringify([from, to])));
    const found = totals(rows, pairs, money).map((one) => ({ ...one, ends: JSON.parse(one.code) }));
    return found.filter(({ ends: [from, to] }) => from !== to && points[from] && points[to]).slice(0, ARROWS);
  }

  const byCode = (index, code) => shown(home(index, code));

  /* What ECharts draws. `all`: totals; `say(one)`: a total in words. */
  function option({ index, world, all, classes, places, arrows, view, say }) {
    const shapes = new Set(world.shapes.map(({ country }) => country));
    const known = new Map(all.map((one) => [one.code, one]));
    const at = (code) => world.points[code];
    const text = (code) => (known.has(code) ? `${byCode(index, code)}: ${say(known.get(code))}` : byCode(index, code));
    const region = ({ code, value }) => ({ name: code, itemStyle: { areaColor: colour(classes, value) } });
    const small = all.filter(({ code }) => at(code) && !shapes.has(code));
    const widest = Math.max(...places.map(({ count }) => count), 1);
    const heaviest = Math.max(...arrows.map(({ value }) => value), 1);
    return {
      tooltip: { ...corridor.tooltip, formatter: ({ name, data }) => data?.text ?? (name ? text(name) : "no country's code") },
      geo: {
        map: "world",
        projection: equalEarth,
        preserveAspect: "contain",
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        roam: view.zoom > 1 ? "move" : false,
        ...(view.center ? view : { zoom: view.zoom }),
        itemStyle: { areaColor: "var(--map-0)", borderColor: "var(--sheet)", borderWidth: 0.6 },
        emphasis: { label: { show: false }, itemStyle: { areaColor: "var(--found)" } },
        select: { disabled: true },
        regions: all.filter(({ code }) => shapes.has(code)).map(region),
        tooltip: { show: true },
      },
      series: [
        {
          type: "lines",
          coordinateSystem: "geo",
          silent: false,
          symbol: ["none", "arrow"],
          symbolSize: 7,
          lineStyle: { color: "var(--sums)", opacity: 0.6, curveness: 0.25 },
          emphasis: { lineStyle: { color: "var(--accent)" } },
          data: arrows.map((one) => ({
            coords: one.ends.map(at),
            ends: one.ends,
            text: `${one.ends.map((code) => byCode(index, code)).join(" → ")}: ${say(one)}`,
            lineStyle: { width: 0.8 + 3 * Math.sqrt(one.value / heaviest) },
          })),
        },
        {
          type: "scatter",
          coordinateSystem: "geo",
          symbolSize: 10,
          data: small.map((one) => ({
            name: one.code,
            value: at(one.code),
            text: text(one.code),
            itemStyle: { color: colour(classes, one.value), borderColor: "var(--ink)", borderWidth: 0.6 },
          })),
        },
        {
          type: "scatter",
          coordinateSystem: "geo",
          symbol: "circle",
          data: places.map(({ code, count, place }) => ({
            value: [place.longitude, place.latitude],
            place: code,
            symbolSize: (narrow ? 0.6 : 1) * (5 + 11 * Math.sqrt(count / widest)),
            text: `${shown(place.name)}, ${byCode(index, place.country)}: ${several(count, "commitment")}`,
            itemStyle: { color: "var(--map-place)", opacity: 0.85, borderColor: "var(--sheet)", borderWidth: 1 },
          })),
        },
      ],
    };
  }

  /* The view that shows all points of countries with values; the world where they lie far apart. */
  function fitted(all, points) {
    const there = all.map(({ code }) => points[code]).filter(Boolean);
    if (there.length === 0) return WORLD;
    const range = (axis) => [Math.min(...there.map((one) => one[axis])), Math.max(...there.map((one) => one[axis]))];
    const [[west, east], [south, north]] = [range(0), range(1)];
    const zoom = Math.min(300 / (east - west + 20), 130 / (north - south + 14), WIDEST);
    return zoom <= 1.1 ? WORLD : { zoom, center: [(west + east) / 2, (south + north) / 2] };
  }

  function Controls({ role, show, money, arrows, places, change, zoom, fit, world }) {
    const tick = (name, label, on, value) => html`<label>
      <input type="checkbox" checked=${on} onChange=${(event) => change({ [name]: event.target.checked === (value === "yes") ? value : null })} />
      <span>${label}</span>
    </label>`;
    return html`<div class="map-controls">
      <label><span>Countries</span>
        <select value=${role} onChange=${({ target }) => change({ of: target.value === "country" ? null : target.value })}>
          ${Object.entries(ROLES).map(([name, label]) => html`<option value=${name}>${label}</option>`)}
        </select>
      </label>
      <label><span>Shaded by</span>
        <select value=${show} onChange=${({ target }) => change({ show: target.value })}>
          <option value="">number of commitments</option>
          ${money.map(([key, label]) => html`<option value=${key}>${label}</option>`)}
        </select>
      </label>
      ${tick("arrows", "Arrows from provider to recipient", arrows, "yes")} ${tick("places", "Places", places, "no")}
      <span role="group" aria-label="Part of the map" class="zoom">
        <button type="button" onClick=${() => zoom(STEP)} aria-label="Larger">+</button>
        <button type="button" onClick=${() => zoom(1 / STEP)} aria-label="Smaller">−</button>
        <button type="button" onClick=${fit}>Fit</button>
        <button type="button" onClick=${world}>World</button>
      </span>
    </div>`;
  }

  function Legend({ classes, title, places }) {
    return html`<div class="map-legend">
      <b>${title}</b>
      <ul>
        ${classes.map(([shade, text]) => html`<li key=${shade}><i class=${`shade map-${shade}`}></i>${text}</li>`)}
        <li><i class="shade map-0"></i>none</li>
        ${places && html`<li><i class="shade place"></i>a place that a commitment names; the larger, the more</li>`}
      </ul>
    </div>`;
  }

  /* The columns of the table of commitments, with fewer filters. */
  function columnsOf(index) {
    const all = commitmentTable.columnsOf(index);
    return all.filter(({ id, meta }) => FACETS.includes(id) || !meta.facet);
  }

  function WorldMap({ index, world, query }) {
    const rows = useMemo(() => commitmentTable.rowsOf(index), [index]);
    const columns = useMemo(() => columnsOf(index), [index]);
    const table = useTable(rows, columns, query, null);
    useMemo(() => echarts.registerMap("world", { geoJSON: geoJson(world) }), [world]);
    const [chosenView, setView] = useState(null); // null: the first one
    const sure = least(query);
    const role = query.get("of") in ROLES ? query.get("of") : "country";
    const found = table.getFilteredRowModel().rows.map(({ original }) => original);
    const acts = useMemo(() => found.filter((row) => row.act), [found.length, query.toString()]);
    const counted = useMemo(() => found.filter((row) => row.sum), [found.length, query.toString()]);
    const kinds = useMemo(() => moneyOf(counted), [counted]);
    const show = kinds.some(([key]) => key === query.get("show")) ? query.get("show") : "";
    const [instrument, status, currency] = show ? JSON.parse(show) : [];
    const chosen = useMemo(
      () => (show ? counted.filter((row) => row.instrument === instrument && row.status === status && row.sum[0] === currency) : acts),
      [acts, counted, show],
    );
    const arrows = query.get("arrows") === "yes";
    const dots = query.get("places") !== "no" && role !== "provider";
    const all = useMemo(() => totals(chosen, ofRole[role], show !== ""), [chosen, role, show]);
    const on = all.filter(({ code }) => world.points[code]);
    const first = useMemo(() => (narrow ? fitted(on, world.points) : WORLD), [all]);
    const view = chosenView ?? first;
    const places = useMemo(
      () => totals(chosen, (row) => row.places, false).map((one) => ({ ...one, place: index.places[one.code] })),
      [chosen],
    );
    const value = (one) => (show ? `${short(one)} ${currency}` : number(one));
    const say = (one) => (show ? `${value(one.value)} in ${several(one.count, "act")}` : several(one.count, "commitment"));
    const classes = classesOf(on.map((one) => one.value));
    const pairs = arrows ? arrowsOf(chosen, show !== "", world.points) : [];
    const drawn = useMemo(
      () => option({ index, world, all: on, classes, places: dots ? places : [], arrows: pairs, view, say }),
      [index, world, chosen, role, show, dots, arrows, view],
    );
    const change = (values) => go(`#/map?${changed(query, values)}`, true);
    const kept = Object.fromEntries(columns.filter(({ meta }) => meta.facet).map(({ id }) => [id, query.getAll(id)]));
    const only = show ? { instrument, status, currency, counted: "yes" } : { once: acts.length < rows.length ? "yes" : null };
    const to = (filters) => address("commitments", { ...kept, q: query.get("q"), ...only, ...filters }, sure);
    const pick = ({ name, data }) => {
      if (data?.ends) go(to({ provider: data.ends[0], recipient: data.ends[1] }));
      else if (data?.place !== undefined) go(to({ place: placeKey(index.places[data.place]) }));
      else if (all.some(({ code }) => code === name)) go(to({ [role]: name }));
    };
    const hidden = table.getColumn("confidence").getFacetedRowModel().rows.length;
    const title = show ? `${ROLES[role]}: ${kinds.find(([key]) => key === show)[1]}` : `${ROLES[role]}: commitments`;
    const top = on.slice(0, 8).map((one) => `${byCode(index, one.code)} ${value(one.value)}`).join(", ");
    const zoom = (by) => setView(view.zoom * by <= 1.05 ? WORLD : { ...view, zoom: Math.min(view.zoom * by, WIDEST) });
    return html`
      <h1 tabindex="-1">Map</h1>
      <div class="filters">
        <${Search} label="Search names, words, titles" value=${query.get("q") ?? ""} change=${(q) => change({ q })} />
        <${Facets} table=${table} query=${query} change=${change} />
      </div>
      <${Message}>${number(found.length)} of ${several(rows.length, "commitment")}<//>
      <${Hidden} hidden=${hidden - found.length} all=${hidden} least=${sure} show=${() => change({ min: 0 })} />
      <${Figure} title=${title} wide>
        <${Controls} role=${role} show=${show} money=${kinds} arrows=${arrows} places=${query.get("places") !== "no"} change=${change}
          zoom=${zoom} fit=${() => setView(fitted(on, world.points))} world=${() => setView(WORLD)} />
        ${on.length === 0 && html`<p class="nothing">Nothing to show.</p>`}
        <${Chart} option=${drawn} height=${narrow ? 200 : 520} label=${`Map. ${title}. ${top}. The table below has all.`} pick=${pick} />
        <${Legend} classes=${legendOf(classes, on, value)} title=${show ? `Money, ${currency}` : "Commitments"} places=${dots && places.length > 0} />
        <p class="note">
          ${show ? "Each act counts once, by the rules of all sums; " : "Each act counts once; "} of two countries it counts in both.
          ${all.length > on.length && ` ${several(all.length - on.length, "actor")} without a country, such as banks of many countries, stand in the table only.`}
        </p>
        <p class="note">
          Borders are those of Natural Earth (public domain), which show who controls an area, simplified for this scale.
          They are no statement on the status of any territory. Some disputed areas belong to no country here.
        </p>
        <${Numbers} title=${title} heads=${["country", ...(show ? ["acts", currency] : ["commitments"])]}
          rows=${all.map((one) => [
            html`<a href=${to({ [role]: one.code })}><bdi>${byCode(index, one.code)}</bdi></a>`,
            ...(show ? [number(one.count), value(one.value)] : [number(one.count)]),
          ])} />
        ${
          dots &&
          places.length > 0 &&
          html`<${Numbers} title="Places" heads=${["place", "country", "commitments"]}
            rows=${places.map(({ place, count }) => [
              html`<a href=${to({ place: placeKey(place) })}><bdi>${place.name}</bdi></a>`,
              byCode(index, place.country),
              number(count),
            ])} />`
        }
        ${
          arrows &&
          pairs.length > 0 &&
          html`<${Numbers} title="From provider to recipient" heads=${["from", "to", show ? currency : "commitments"]}
            rows=${pairs.map((one) => [
              html`<a href=${to({ provider: one.ends[0], recipient: one.ends[1] })}>${byCode(index, one.ends[0])}</a>`,
              byCode(index, one.ends[1]),
              value(one.value),
            ])} />`
        }
      <//>`;
  }

  corridor.WorldMap = WorldMap;
}
