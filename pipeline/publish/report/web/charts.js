"use strict";
/* Charts, each with its numbers in a table below. ECharts draws them as SVG with the colours of the style sheet, which
   follow the theme and print. */
{
  const { html, useEffect, useRef, go, number, several, shown } = corridor;
  const FONT = "system-ui, sans-serif";
  const MOST = 12; // bars of a chart; the table has the rest
  const tooltip = {
    renderMode: "richText",
    confine: true,
    backgroundColor: "var(--sheet)",
    borderColor: "var(--line)",
    textStyle: { color: "var(--ink)", fontSize: 12 },
  };

  /* `settle(chart)` returns a second option, made from the layout of the first. */
  function Chart({ option, height, label, pick, settle }) {
    const place = useRef(null);
    const chart = useRef(null);
    useEffect(() => {
      chart.current = echarts.init(place.current, null, { renderer: "svg" });
      chart.current.on("finished", () => scalable(place.current.querySelector("svg")));
      const watch = new ResizeObserver(() => chart.current.resize());
      watch.observe(place.current);
      return () => {
        watch.disconnect();
        chart.current.dispose();
      };
    }, []);
    useEffect(() => {
      const aria = { enabled: true, label: { description: label } };
      chart.current.setOption({ animation: false, textStyle: { fontFamily: FONT }, tooltip, aria, ...option }, true);
      if (settle) chart.current.setOption(settle(chart.current));
      chart.current.off("click");
      chart.current.on("click", (event) => pick?.(event));
    }, [option]);
    const style = { height: `${height}px` };
    return html`<div class="chart" role="img" aria-label=${label} style=${style} ref=${place}></div>`;
  }

  /* Lets the style sheet scale a drawing, for print. */
  function scalable(svg) {
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  }

  const axis = { axisTick: { show: false }, axisLine: { show: false } };
  const names = (labels, more) => ({
    ...axis,
    type: "category",
    data: labels,
    axisLabel: { color: "var(--ink)", fontSize: 12, overflow: "truncate", ...more },
  });
  const values = { ...axis, type: "value", show: false };

  function bars(rows, upright) {
    const labels = rows.map(([label]) => shown(label));
    return {
      grid: {
        left: 0,
        right: upright ? 0 : 44,
        top: upright ? 22 : 0,
        bottom: 0,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: upright ? names(labels, { hideOverlap: true }) : values,
      yAxis: upright ? values : { ...names(labels, { width: 150 }), inverse: true },
      series: [
        {
          type: "bar",
          data: rows.map(([, count]) => count),
          barMaxWidth: upright ? 44 : 16,
          cursor: "pointer",
          itemStyle: { color: "var(--bar)", borderRadius: upright ? [3, 3, 0, 0] : [0, 3, 3, 0] },
          emphasis: { itemStyle: { color: "var(--accent)" } },
          label: {
            show: true,
            position: upright ? "top" : "right",
            color: "var(--muted)",
            formatter: ({ value }) => number(value),
          },
        },
      ],
    };
  }

  /* `rows`: [label, count, address]. A bar links to the same address as its row in the table. */
  function Bars({ title, note, rows, upright = false }) {
    const most = upright ? rows.slice(-24) : rows.slice(0, MOST);
    const height = upright ? 220 : Math.max(most.length * 26, 60);
    const label = `${title}: ${most.map(([name, count]) => `${name} ${number(count)}`).join(", ")}`;
    const pick = ({ dataIndex }) => go(most[dataIndex][2]);
    return html`<${Figure} title=${title} note=${note}>
      ${
        rows.length > 0
          ? html`<${Chart} option=${bars(most, upright)} height=${height} label=${label} pick=${pick} />
            <${Numbers} heads=${[title.replace(/^By /, ""), "commitments"]} title=${title}
              rows=${rows.map(([name, count, to]) => [html`<a href=${to}>${name}</a>`, number(count)])} />`
          : html`<p class="nothing">Nothing to show.</p>`
      }
    <//>`;
  }

  function Figure({ title, note, children, wide }) {
    return html`<section class=${wide ? "figure wide" : "figure"}>
      <h2>${title}</h2>
      ${children}
      ${note && html`<p class="note">${note}</p>`}
    </section>`;
  }

  /* The numbers of a chart, for screen readers and the keyboard. */
  function Numbers({ title, heads, rows }) {
    return html`<details class="numbers">
      <summary>As a table<span class="hidden">: ${title}, ${several(rows.length, "row")}</span></summary>
      <table>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table>
    </details>`;
  }

  Object.assign(corridor, { Chart, Bars, Figure, Numbers, tooltip });
}
