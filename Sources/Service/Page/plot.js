// Scales, and the drawing of one plot, with every point.

export const margin = { left: 46, right: 10, top: 8, bottom: 26 };
/** More points than these are drawn into an image, which is faster than strokes. */
const strokesUpTo = 3_000;
/** More points to a pixel than these are reduced to the first, lowest, highest and last one in a file of vectors. */
const decimateAbove = 4;

/** About `wanted` round steps between two values. */
export function ticks(low, high, wanted, isWhole = false) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(raw));
  let step = [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
  if (isWhole) step = Math.max(1, step);
  const found = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) found.push(index * step);
  return found;
}

/** 1, 2, 5, 10 … between two positive values; powers of ten where these are many. */
export function logTicks(low, high) {
  const found = [], first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const factors = last - first > 3 ? [1] : last - first > 1 ? [1, 3] : [1, 2, 3, 5, 7];
  for (let power = first; power <= last; power += 1) {
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) found.push(value);
    }
  }
  return found.length > 1 ? found : ticks(low, high, 4);
}

/** The smallest and largest value of what is seen: rows whose epoch lies in the view. */
export function rangeOf(seriesList, metric, view, isLog, lines) {
  let low = Infinity, high = -Infinity;
  for (const { curve, hasBand } of seriesList) {
    const values = curve[metric], deviations = hasBand ? curve.deviation[metric] : null;
    const end = Math.min(curve.n, curve.row(view.to) + 1);
    for (let row = Math.max(0, curve.row(view.from) - 1); row < end; row += 1) {
      const value = values[row], spread = deviations ? deviations[row] : 0;
      if (!(value - value === 0)) continue;
      const bottom = isLog && value - spread <= 0 ? value : value - spread;
      if (isLog && bottom <= 0) continue;
      if (bottom < low) low = bottom;
      if (value + spread > high) high = value + spread;
    }
  }
  for (const line of lines) {
    if (isLog && line.value <= 0) continue;
    low = Math.min(low, line.value);
    high = Math.max(high, line.value);
  }
  if (!(high >= low)) return isLog ? { low: 0.1, high: 1 } : { low: 0, high: 1 };
  if (high === low) return isLog ? { low: low / 2, high: high * 2 } : { low: low - Math.abs(low || 1) * 0.05, high: high + Math.abs(high || 1) * 0.05 };
  const room = isLog ? (high / low) ** 0.03 : (high - low) * 0.04;
  return isLog ? { low: low / room, high: high * room } : { low: low - room, high: high + room };
}

/** Maps epochs and values to places in a plot of `width` × `height`. */
export class Scale {
  constructor(width, height, view, range, isLog) {
    Object.assign(this, { width, height, view, range, isLog });
    this.left = margin.left;
    this.right = width - margin.right;
    this.top = margin.top;
    this.bottom = height - margin.bottom;
    this.xFactor = (this.right - this.left) / Math.max(1e-9, view.to - view.from);
    this.low = isLog ? Math.log(range.low) : range.low;
    this.yFactor = (this.bottom - this.top) / ((isLog ? Math.log(range.high) : range.high) - this.low);
  }

  x(epoch) { return this.left + (epoch - this.view.from) * this.xFactor; }

  y(value) {
    if (this.isLog && value <= 0) return this.bottom + 1e4;
    return this.bottom - ((this.isLog ? Math.log(value) : value) - this.low) * this.yFactor;
  }

  epoch(x) { return this.view.from + (x - this.left) / this.xFactor; }

  get xTicks() { return ticks(this.view.from, this.view.to, (this.right - this.left) / 80, true); }
  get yTicks() {
    return this.isLog ? logTicks(this.range.low, this.range.high)
      : ticks(this.range.low, this.range.high, (this.bottom - this.top) / 44);
  }
}

/** The label of a value on the axis; fractions as per cent. */
export function tickLabel(value, isFraction) {
  if (isFraction) return `${Number((value * 100).toPrecision(6))} %`;
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(0) : String(Number(value.toPrecision(6)));
}

/** Calls `begin(x, y)` and `next(x, y)` along the part of a series that is seen; a value that is not finite interrupts it. */
export function trace(curve, values, scale, pixels, begin, next) {
  const start = Math.max(0, curve.row(scale.view.from) - 1);
  const end = Math.min(curve.n, curve.row(scale.view.to) + 1);
  const { epoch } = curve, { left, view, xFactor, bottom, low, yFactor, isLog } = scale, { from } = view;
  let isOpen = false;
  const point = (row) => {
    const value = values[row];
    if (!(value - value === 0) || (isLog && value <= 0)) { isOpen = false; return; }
    const x = left + (epoch[row] - from) * xFactor, y = bottom - ((isLog ? Math.log(value) : value) - low) * yFactor;
    if (isOpen) next(x, y); else { begin(x, y); isOpen = true; }
  };
  if (end - start <= decimateAbove * pixels) {
    for (let row = start; row < end; row += 1) point(row);
    return;
  }
  const perPixel = (end - start) / pixels;
  for (let pixel = 0, row = start; row < end; pixel += 1) {
    const stop = Math.min(end, start + Math.ceil((pixel + 1) * perPixel));
    let lowest = row, highest = row, isWhole = true;
    for (let look = row; look < stop; look += 1) {
      const value = values[look];
      if (!(value - value === 0)) isWhole = false;
      if (value < values[lowest]) lowest = look;
      if (value > values[highest]) highest = look;
    }
    if (isWhole) {
      const first = Math.min(lowest, highest), second = Math.max(lowest, highest), last = stop - 1;
      point(row);
      if (first !== row) point(first);
      if (second !== first && second !== last) point(second);
      if (last !== row) point(last);
    } else {
      for (let each = row; each < stop; each += 1) point(each);
    }
    row = stop;
  }
}

/** Draws a plot: axes, bands, lines of the paper, curves. `look`: {faint, grid, isDark}; `raster`: an image of the canvas's size. */
export function drawPlot(context, scale, metric, seriesList, lines, look, ratio, raster) {
  context.clearRect(0, 0, scale.width, scale.height);
  const colourOf = (one) => (look.isDark ? one.dark : one.colour), width = seriesList.length > 6 ? 1.2 : 1.6;
  let points = 0;
  for (const { curve } of seriesList) points += Math.max(0, curve.row(scale.view.to) - curve.row(scale.view.from));
  const isDense = points > strokesUpTo;
  if (isDense || seriesList.some((one) => one.hasBand)) {
    const area = { left: Math.round(scale.left * ratio), right: Math.round(scale.right * ratio),
      top: Math.round((scale.top - 2) * ratio), bottom: Math.round((scale.bottom + 2) * ratio) };
    raster.clear();
    for (const one of seriesList) {
      if (one.hasBand) raster.band(one.curve, one.curve[metric.name], one.curve.deviation[metric.name], scale, ratio, area, colourOf(one), 0.2);
    }
    if (isDense) for (const one of seriesList) raster.curve(one.curve, one.curve[metric.name], scale, ratio, area, colourOf(one), width, one.dash);
    context.putImageData(raster.image, 0, 0);
  }
  drawAxes(context, scale, metric, look);
  context.save();
  context.beginPath();
  context.rect(scale.left, scale.top - 2, scale.right - scale.left, scale.bottom - scale.top + 4);
  context.clip();
  if (!isDense) for (const one of seriesList) strokeCurve(context, scale, metric, one, colourOf(one), width);
  drawLines(context, scale, lines, look);
  context.restore();
}

/** The grid lies below what is drawn already. */
function drawAxes(context, scale, metric, look) {
  context.font = '11px system-ui, sans-serif';
  context.lineWidth = 1;
  context.setLineDash([]);
  context.fillStyle = look.faint;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const heights = scale.yTicks.map((value) => [value, Math.round(scale.y(value)) + 0.5]);
  for (const [value, y] of heights) context.fillText(tickLabel(value, metric.isFraction), scale.left - 6, y);
  context.textBaseline = 'top';
  context.textAlign = 'center';
  for (const epoch of scale.xTicks) context.fillText(String(epoch), scale.x(epoch), scale.bottom + 7);
  context.strokeStyle = look.faint;
  context.beginPath();
  context.moveTo(scale.left, scale.bottom + 0.5);
  context.lineTo(scale.right, scale.bottom + 0.5);
  context.stroke();
  context.globalCompositeOperation = 'destination-over';
  context.strokeStyle = look.grid;
  context.beginPath();
  for (const [, y] of heights) {
    context.moveTo(scale.left, y);
    context.lineTo(scale.right, y);
  }
  context.stroke();
  context.globalCompositeOperation = 'source-over';
}

function strokeCurve(context, scale, metric, { curve, dash }, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  trace(curve, curve[metric.name], scale, Infinity, (x, y) => context.moveTo(x, y), (x, y) => context.lineTo(x, y));
  context.stroke();
  context.setLineDash([]);
  if (curve.n === 1) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(scale.x(curve.epoch[0]), scale.y(curve[metric.name][0]), 2.5, 0, 7);
    context.fill();
  }
}

/** Figures of the paper. Labels of lines that lie close together stand side by side. */
function drawLines(context, scale, lines, look) {
  const taken = [];
  for (const line of lines) {
    const y = scale.y(line.value);
    context.strokeStyle = look.isDark ? line.dark : line.colour;
    context.lineWidth = 1;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(scale.left, y);
    context.lineTo(scale.right, y);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = look.faint;
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    const width = context.measureText(line.label).width, place = taken.find((one) => Math.abs(one.y - y) < 13);
    const right = place ? place.left - 12 : scale.right - 4;
    if (right - width > scale.left) context.fillText(line.label, right, Math.max(y - 2, scale.top + 12));
    if (place) place.left = right - width; else taken.push({ y, left: right - width });
  }
}
