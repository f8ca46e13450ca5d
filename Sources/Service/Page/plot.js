// Scales, and the drawing of one plot: every point, unless there are more than four to a pixel; then each pixel's first, lowest, highest
// and last one, which gives the same picture.

export const margin = { left: 46, right: 10, top: 8, bottom: 26 };
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

/** Draws a plot: axes, bands, lines of the paper, curves. `look`: {ink, faint, grid, isDark}. */
export function drawPlot(context, scale, metric, seriesList, lines, look, pixels) {
  context.clearRect(0, 0, scale.width, scale.height);
  context.font = '11px system-ui, sans-serif';
  context.lineWidth = 1;
  context.setLineDash([]);
  context.strokeStyle = look.grid;
  context.fillStyle = look.faint;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.beginPath();
  for (const value of scale.yTicks) {
    const y = Math.round(scale.y(value)) + 0.5;
    context.moveTo(scale.left, y);
    context.lineTo(scale.right, y);
    context.fillText(tickLabel(value, metric.isFraction), scale.left - 6, y);
  }
  context.stroke();
  context.textBaseline = 'top';
  context.textAlign = 'center';
  for (const epoch of scale.xTicks) context.fillText(String(epoch), scale.x(epoch), scale.bottom + 7);
  context.strokeStyle = look.faint;
  context.beginPath();
  context.moveTo(scale.left, scale.bottom + 0.5);
  context.lineTo(scale.right, scale.bottom + 0.5);
  context.stroke();

  context.save();
  context.beginPath();
  context.rect(scale.left, scale.top - 2, scale.right - scale.left, scale.bottom - scale.top + 4);
  context.clip();
  for (const series of seriesList) if (series.hasBand) drawBand(context, scale, metric.name, series, look);
  for (const line of lines) {
    const y = scale.y(line.value);
    context.strokeStyle = look.isDark ? line.dark : line.colour;
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(scale.left, y);
    context.lineTo(scale.right, y);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    context.fillStyle = look.faint;
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    context.fillText(line.label, scale.right - 4, y - 2);
  }
  for (const series of seriesList) {
    context.strokeStyle = look.isDark ? series.dark : series.colour;
    context.lineWidth = series.isFaint ? 0.5 : seriesList.length > 6 ? 1 : 1.5;
    context.setLineDash(series.dash);
    context.beginPath();
    trace(series.curve, series.curve[metric.name], scale, pixels, (x, y) => context.moveTo(x, y), (x, y) => context.lineTo(x, y));
    context.stroke();
    if (series.curve.n === 1) {
      context.fillStyle = context.strokeStyle;
      context.beginPath();
      context.arc(scale.x(series.curve.epoch[0]), scale.y(series.curve[metric.name][0]), 2.5, 0, 7);
      context.fill();
    }
  }
  context.restore();
}

function drawBand(context, scale, name, { curve, colour, dark }, look) {
  const values = curve[name], spread = curve.deviation[name];
  const start = Math.max(0, curve.row(scale.view.from) - 1), end = Math.min(curve.n, curve.row(scale.view.to) + 1);
  const step = Math.max(1, Math.floor((end - start) / (4 * (scale.right - scale.left))));
  context.beginPath();
  for (let row = start; row < end; row += step) context.lineTo(scale.x(curve.epoch[row]), scale.y(values[row] + spread[row]));
  for (let row = end - 1; row >= start; row -= step) {
    const low = values[row] - spread[row];
    context.lineTo(scale.x(curve.epoch[row]), scale.isLog && low <= 0 ? scale.bottom : scale.y(low));
  }
  context.closePath();
  context.globalAlpha = 0.18;
  context.fillStyle = look.isDark ? dark : colour;
  context.fill();
  context.globalAlpha = 1;
}
