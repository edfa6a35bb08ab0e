// Draws the tables of the dashboard. The tables stay: they are the text of the charts, and hold the links.
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = [];

function read(id) {
  const table = document.getElementById(id);
  if (!table) return null;
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  const links = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a")?.href));
  return { heads, rows, links };
}

function bars(data, column, colour, decal) {
  return {
    name: data.heads[column], type: "bar", stack: "all", barMaxWidth: 26,
    data: data.rows.map((row) => Number(row[column])),
    itemStyle: { color: css(colour), decal },
  };
}

const HATCH = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4, color: "rgba(255,255,255,.45)" };
const DOTS = { symbol: "circle", symbolSize: 0.6, dashArrayX: [[0, 6], [6, 0]], dashArrayY: [6, 0], color: "rgba(0,0,0,.25)" };

function chart(id, option, onClick) {
  const box = document.getElementById(id);
  if (!box) return;
  box.classList.add("drawn");
  const made = echarts.init(box, null, { renderer: "svg" });
  made.setOption({
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: css("--ink") },
    legend: { top: 0, left: 0, textStyle: { color: css("--ink-2") } },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
    ...option,
  });
  if (onClick) made.on("click", onClick);
  drawn.push(made);
}

function units() {
  const data = read("table-units");
  if (!data) return;
  const narrow = innerWidth < 700;
  const shown = { ...data, rows: data.rows.slice(0, 20), links: data.links.slice(0, 20) };
  const labels = { color: css("--ink-2"), interval: 0, overflow: "truncate" };
  const names = { type: "category", data: shown.rows.map((row) => row[0]), axisTick: { show: false } };
  const value = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: css("--line") } }, axisLabel: { color: css("--ink-2") } };
  const series = [bars(shown, 1, "--red", HATCH), bars(shown, 2, "--amber-mid", DOTS), bars(shown, 3, "--blue-mid")];
  const open = (at) => { const href = shown.links[at.dataIndex][at.seriesIndex + 1] ?? shown.links[at.dataIndex][4]; if (href) location.href = href; };
  if (narrow) {
    document.getElementById("chart-units").style.height = `${60 + shown.rows.length * 26}px`;
    chart("chart-units", { grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true }, xAxis: value, yAxis: { ...names, inverse: true, axisLabel: { ...labels, width: 110 } }, series }, open);
  } else {
    const many = shown.rows.length > 8;
    const slanted = { rotate: many ? 35 : 0, width: many ? 120 : innerWidth / (shown.rows.length + 1) };
    chart("chart-units", { grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true }, yAxis: value, xAxis: { ...names, axisLabel: { ...labels, ...slanted } }, series }, open);
  }
}

function months() {
  const data = read("table-months");
  if (!data) return;
  chart("chart-months", {
    grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.rows.map((row) => row[0]), axisTick: { show: false }, axisLabel: { color: css("--ink-2") } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: css("--line") } }, axisLabel: { color: css("--ink-2") } },
    series: [bars(data, 1, "--green-mid"), bars(data, 2, "--red", HATCH)],
  });
}

function draw() {
  while (drawn.length) drawn.pop().dispose();
  if (typeof echarts === "undefined") return;
  units();
  months();
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
let waiting = 0;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
