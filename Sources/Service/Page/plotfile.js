// Files of what a chart shows: SVG as drawn, CSV with every epoch that is seen.

import { plain, save, svg } from './dom.js';
import { tickLabel, trace } from './plot.js';

export function saveSVG(chart) {
  save(`${chart.name}.svg`, 'image/svg+xml', svgText(chart));
}

/** The plots as an SVG document, in the colours for a white page. */
export function svgText(chart) {
  const plots = chart.plots.filter((plot) => plot.scale);
  const gap = 16, title = 22, shown = chart.shown;
  const width = plots.reduce((sum, { scale }) => sum + scale.width + gap, 0);
  const height = title + Math.max(...plots.map(({ scale }) => scale.height)) + shown.length * 16 + 12;
  const text = (x, y, words, more = {}) => svg('text', { x: x.toFixed(1), y: y.toFixed(1), fill: '#4a525c', ...more }, words);
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`,
    'font-family': 'system-ui, sans-serif', 'font-size': 11 }, svg('rect', { width, height, fill: '#ffffff' }));
  let left = 0;
  plots.forEach(({ metric, scale }, index) => {
    const group = svg('g', { transform: `translate(${left} ${title})` }, text(scale.left, -7, metric.title, { 'font-size': 13, fill: '#1a1d21' }));
    for (const value of scale.yTicks) {
      const y = scale.y(value);
      group.append(svg('line', { x1: scale.left, x2: scale.right, y1: y.toFixed(1), y2: y.toFixed(1), stroke: '#e3e6ea' }),
        text(scale.left - 6, y + 4, tickLabel(value, metric.isFraction), { 'text-anchor': 'end' }));
    }
    for (const epoch of scale.xTicks) group.append(text(scale.x(epoch), scale.bottom + 16, String(epoch), { 'text-anchor': 'middle' }));
    group.append(svg('clipPath', { id: `plot${index}` }, svg('rect', { x: scale.left, y: scale.top - 2, width: scale.right - scale.left, height: scale.bottom - scale.top + 4 })));
    const inside = svg('g', { 'clip-path': `url(#plot${index})`, fill: 'none', 'stroke-width': 1.3 });
    for (const line of chart.lines.filter((one) => one.metric === metric.name)) {
      const y = scale.y(line.value).toFixed(1);
      inside.append(svg('line', { x1: scale.left, x2: scale.right, y1: y, y2: y, stroke: line.colour, 'stroke-dasharray': '2 4' }),
        text(scale.right - 4, y - 3, line.label, { 'text-anchor': 'end', stroke: 'none' }));
    }
    for (const { curve, colour, dash, hasBand } of shown) {
      if (hasBand) inside.append(svg('path', { d: bandPath(curve, metric.name, scale), fill: colour, 'fill-opacity': 0.18 }));
      const parts = [];
      trace(curve, curve[metric.name], scale, (scale.right - scale.left) * 2,
        (x, y) => parts.push(`M${x.toFixed(1)} ${y.toFixed(1)}`), (x, y) => parts.push(`L${x.toFixed(1)} ${y.toFixed(1)}`));
      inside.append(svg('path', { d: parts.join(''), stroke: colour, 'stroke-dasharray': dash.join(' ') || null }));
    }
    group.append(inside);
    root.append(group);
    left += scale.width + gap;
  });
  shown.forEach(({ label, colour, dash }, index) => {
    const y = height - (shown.length - index) * 16;
    root.append(svg('line', { x1: 12, x2: 42, y1: y, y2: y, stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') || null }),
      text(50, y + 4, label, { fill: '#1a1d21' }));
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

function bandPath(curve, name, scale) {
  const upper = [], lower = [], start = Math.max(0, curve.row(scale.view.from) - 1), end = Math.min(curve.n, curve.row(scale.view.to) + 1);
  for (let row = start; row < end; row += 1) {
    const x = scale.x(curve.epoch[row]).toFixed(1), low = curve[name][row] - curve.deviation[name][row];
    upper.push(`${x} ${scale.y(curve[name][row] + curve.deviation[name][row]).toFixed(1)}`);
    lower.push(`${x} ${(scale.isLog && low <= 0 ? scale.bottom : scale.y(low)).toFixed(1)}`);
  }
  return upper.length ? `M${upper.join('L')}L${lower.reverse().join('L')}Z` : '';
}

/** A cell of CSV; text that a spreadsheet would compute gets an apostrophe. */
function cell(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows of CSV of what is seen: a line for each curve and epoch. */
export function csvText(chart) {
  const { from, to } = chart.range, hasBands = chart.shown.some((one) => one.hasBand);
  const names = chart.metrics.map(({ name }) => name);
  const lines = [['id', 'curve', 'epoch', ...names, ...(hasBands ? names.map((name) => `${name}_sd`) : [])].join(',')];
  for (const { id, label, curve, hasBand } of chart.shown) {
    for (let row = curve.row(from); row < curve.n && curve.epoch[row] <= to; row += 1) {
      const values = names.map((name) => cell(curve[name][row]));
      const spreads = hasBands ? names.map((name) => (hasBand ? cell(curve.deviation[name][row]) : '')) : [];
      lines.push([cell(id), cell(plain(label)), curve.epoch[row], ...values, ...spreads].join(','));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

export function saveCSV(chart) {
  save(`${chart.name}.csv`, 'text/csv', csvText(chart));
}
