"use strict";
/* Who commits to whom: the actors with the most commitments to each other. */
{
  const { html, useState, useMemo, go, address, words, several, counts, Chart, Figure, Numbers, shown } = corridor;
  const SIZES = [20, 40, 80];
  const narrow = innerWidth < 720;
  const FIRST = narrow ? SIZES[0] : SIZES[1];
  const MARGIN = { left: 24, right: narrow ? 90 : 130, top: 24, bottom: 24 }; // around the centres of the outermost nodes
  const FAMILIES = [
    { name: "states and their bodies", kinds: ["country", "government"], symbol: "circle", colour: "var(--net-1)" },
    { name: "banks and multilaterals", kinds: ["bank", "multilateral"], symbol: "rect", colour: "var(--net-2)" },
    { name: "companies", kinds: ["company"], symbol: "diamond", colour: "var(--net-3)" },
    { name: "people and others", kinds: [], symbol: "triangle", colour: "var(--net-4)" },
  ];
  const family = (kind) => FAMILIES.find(({ kinds }) => kinds.includes(kind)) ?? FAMILIES.at(-1);

  /* Pairs of actors [from, to, how], each once per commitment. */
  function pairs(row) {
    const ends = [
      ["to", row.to],
      ["with", [...row.with, ...row.by]],
    ];
    const found = row.by.flatMap((by) =>
      ends.flatMap(([how, others]) =>
        others.map((other) => (how === "to" ? [by, other, how] : [Math.min(by, other), Math.max(by, other), how])),
      ),
    );
    return [...new Set(found.filter(([one, other]) => one !== other).map((pair) => pair.join(" ")))];
  }

  /* The pairs with their counts, among the actors that have the most. */
  function network(rows, size) {
    const edges = counts(rows.flatMap(pairs)).map(([pair, count]) => {
      const [from, to, how] = pair.split(" ");
      return { from: Number(from), to: Number(to), how, count };
    });
    const weights = new Map();
    for (const { from, to, count } of edges)
      for (const one of [from, to]) weights.set(one, (weights.get(one) ?? 0) + count);
    const most = new Set(
      [...weights]
        .sort((a, b) => b[1] - a[1] || a[0] - b[0])
        .slice(0, size)
        .map(([actor]) => actor),
    );
    const kept = edges.filter(({ from, to }) => most.has(from) && most.has(to));
    return { weights, edges: kept, most: new Set(kept.flatMap(({ from, to }) => [from, to])) };
  }

  function option({ weights, most, edges }, actors) {
    const top = Math.max(...weights.values(), 1);
    const node = (number) => {
      const { name, kind } = actors[number];
      const { symbol, colour } = family(kind);
      const size = 10 + 26 * Math.sqrt(weights.get(number) / top);
      return {
        id: `a${number}`,
        name: shown(name),
        text: shown(corridor.named(actors[number])),
        value: weights.get(number),
        symbol,
        symbolSize: size,
        itemStyle: { color: colour },
      };
    };
    const edge = ({ from, to, how, count }) => ({
      source: `a${from}`,
      target: `a${to}`,
      value: count,
      text: [from, to].map((number) => `\u2068${shown(actors[number].name)}\u2069`).join(how === "with" ? " – " : " → "),
      lineStyle: { width: 1 + Math.min(count, 8) / 2, type: how === "with" ? "dashed" : "solid" },
      symbol: how === "with" ? ["none", "none"] : ["none", "arrow"],
    });
    return {
      tooltip: { ...corridor.tooltip, formatter: ({ data }) => `${data.text}: ${several(data.value, "commitment")}` },
      series: [
        {
          type: "graph",
          layout: "force",
          ...MARGIN,
          data: [...most].map(node),
          links: edges.map(edge),
          edgeSymbolSize: 7,
          force: { initLayout: "circular", repulsion: 130, edgeLength: [30, 90], gravity: 0.2, layoutAnimation: false },
          label: {
            show: true,
            position: "right",
            color: "var(--ink)",
            fontSize: 11,
            width: MARGIN.right - 10,
            overflow: "truncate",
          },
          labelLayout: { hideOverlap: true },
          cursor: "pointer",
          lineStyle: { color: "var(--edge)", opacity: 0.8, curveness: 0.08 },
          emphasis: { focus: "adjacency", lineStyle: { color: "var(--accent)" } },
        },
      ],
    };
  }

  /* The force layout is round; this spreads it over the whole chart. */
  function spread(chart) {
    const [series] = chart.getOption().series;
    const laid = chart.getModel().getSeriesByIndex(0).getData();
    const places = series.data.map((_, number) => laid.getItemLayout(number));
    const fit = (axis, size) => {
      const all = places.map((place) => place[axis]);
      const least = Math.min(...all);
      return (place) => ((place[axis] - least) / (Math.max(...all) - least || 1)) * size;
    };
    const [across, down] = [
      fit(0, chart.getWidth() - MARGIN.left - MARGIN.right),
      fit(1, chart.getHeight() - MARGIN.top - MARGIN.bottom),
    ];
    return {
      series: [
        {
          layout: "none",
          data: series.data.map((node, number) => ({ ...node, x: across(places[number]), y: down(places[number]) })),
        },
      ],
    };
  }

  function Network({ rows, actors, least }) {
    const [size, setSize] = useState(FIRST);
    const found = useMemo(() => network(rows, size), [rows, size]);
    const drawn = useMemo(() => option(found, actors), [found, actors]);
    const to = (number) => address("commitments", { q: actors[number].name }, least);
    const pick = ({ dataType, data }) => dataType === "node" && go(to(Number(data.id.slice(1))));
    const link = (number) => html`<a href=${to(number)}>${actors[number].name}</a>`;
    const extent = `${several(found.most.size, "actor")} with ${several(found.edges.length, "connection")}`;
    const label = `Network of ${extent}; the table below has them all`;
    if (found.most.size === 0) return null;
    return html`<${Figure} title="Who commits to whom" wide>
      <div class="key">
        <ul>
          ${FAMILIES.map(
            ({ name, symbol }, place) => html`<li><i class=${`shape ${symbol} net-${place + 1}`}></i>${name}</li>`,
          )}
        </ul>
        <label><span>Actors</span>
          <select value=${size} onChange=${(event) => setSize(Number(event.target.value))}>
            ${SIZES.map((count) => html`<option value=${count}>${count}</option>`)}
          </select>
        </label>
      </div>
      <${Chart} option=${drawn} height=${480} label=${label} pick=${pick} settle=${spread} />
      <p class="note">
        An arrow goes from who undertakes to who receives or is asked, a dashed line between partners; the thicker, the
        more commitments. Actors of several articles are one where name, kind and country are the same.
      </p>
      <${Numbers} title="Who commits to whom" heads=${["from", "how", "to", "commitments"]}
        rows=${found.edges.map(({ from, to: other, how, count }) => [link(from), words(how), link(other), count])} />
    <//>`;
  }

  corridor.Network = Network;
}
