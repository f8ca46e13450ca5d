// Draws many points into an image: in each column of pixels, a curve fills the span between its lowest and its highest place there, so
// that every point counts. The browser's own strokes take ten times as long where 20 runs have 3,500 epochs each.

/** "#1f578e" as [red, green, blue]. */
const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

export class Raster {
  constructor(width, height) {
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.width = width;
    this.height = height;
    this.tops = new Float32Array(width);
    this.bottoms = new Float32Array(width);
  }

  clear() { this.pixels.fill(0); }

  /** `area`: the plot, in pixels: {left, right, top, bottom}. */
  curve(curve, values, scale, ratio, area, colour, width, dash) {
    this.#begin();
    this.#spans(curve, values, null, 0, scale, ratio, area);
    const half = width * ratio / 2, [red, green, blue] = parts(colour);
    const period = dash.reduce((sum, length) => sum + length, 0) * ratio;
    for (let column = area.left; column < area.right; column += 1) {
      if (!(this.tops[column] <= this.bottoms[column])) continue;
      if (period && !isOn(dash, ((column - area.left) % period) / ratio)) continue;
      this.#fill(column, Math.max(area.top, this.tops[column] - half), Math.min(area.bottom, this.bottoms[column] + half), red, green, blue, 1);
    }
  }

  /** Between the mean less and plus its deviation. */
  band(curve, values, deviations, scale, ratio, area, colour, alpha) {
    this.#begin();
    this.#spans(curve, values, deviations, 1, scale, ratio, area);
    this.#spans(curve, values, deviations, -1, scale, ratio, area);
    const [red, green, blue] = parts(colour);
    for (let column = area.left; column < area.right; column += 1) {
      if (!(this.tops[column] <= this.bottoms[column])) continue;
      this.#fill(column, Math.max(area.top, this.tops[column]), Math.min(area.bottom, this.bottoms[column]), red, green, blue, alpha);
    }
  }

  #begin() {
    this.tops.fill(Infinity);
    this.bottoms.fill(-Infinity);
  }

  /** Extends the columns' spans by the line through the values, or through the values and `sign` times their deviations. */
  #spans(curve, values, deviations, sign, scale, ratio, area) {
    const { tops, bottoms, width } = this, { epoch } = curve, { isLog } = scale;
    const start = Math.max(0, curve.row(scale.view.from) - 1), end = Math.min(curve.n, curve.row(scale.view.to) + 1);
    const xBase = (scale.left - scale.view.from * scale.xFactor) * ratio, xFactor = scale.xFactor * ratio;
    const yBase = (scale.bottom + scale.low * scale.yFactor) * ratio, yFactor = scale.yFactor * ratio;
    let lastX = NaN, lastY = NaN, lastColumn = -1;
    for (let row = start; row < end; row += 1) {
      let value = deviations ? values[row] + sign * deviations[row] : values[row];
      if (isLog) value = value > 0 ? Math.log(value) : sign < 0 ? scale.low : NaN;
      if (!(value - value === 0)) { lastX = NaN; continue; }
      const x = xBase + epoch[row] * xFactor, y = yBase - value * yFactor, column = Math.floor(x);
      if (column >= 0 && column < width) {
        if (y < tops[column]) tops[column] = y;
        if (y > bottoms[column]) bottoms[column] = y;
      }
      if (lastX === lastX && lastColumn !== column) {
        const slope = (y - lastY) / (x - lastX), to = Math.min(area.right, column);
        // The line passes this border between two columns: the place counts for both.
        for (let border = Math.max(area.left + 1, lastColumn + 1); border <= to; border += 1) {
          const place = lastY + slope * (border - lastX);
          if (place < tops[border - 1]) tops[border - 1] = place;
          if (place > bottoms[border - 1]) bottoms[border - 1] = place;
          if (place < tops[border]) tops[border] = place;
          if (place > bottoms[border]) bottoms[border] = place;
        }
      }
      lastX = x;
      lastY = y;
      lastColumn = column;
    }
  }

  /** Fills part of a column; its ends cover their pixels in part. */
  #fill(column, top, bottom, red, green, blue, alpha) {
    if (!(bottom > top)) return;
    const first = Math.floor(top), last = Math.min(this.height - 1, Math.ceil(bottom) - 1);
    const full = (alpha * 255 << 24 | blue << 16 | green << 8 | red) >>> 0;
    const { pixels, width } = this;
    for (let row = first, place = first * width + column; row <= last; row += 1, place += width) {
      const covered = (row + 1 < bottom ? row + 1 : bottom) - (row > top ? row : top);
      if (covered >= 0.999 && (alpha === 1 || pixels[place] === 0)) pixels[place] = full;
      else this.#blend(place, red, green, blue, alpha * covered);
    }
  }

  #blend(place, red, green, blue, alpha) {
    const below = this.pixels[place], under = (below >>> 24) / 255 * (1 - alpha), sum = alpha + under;
    if (sum <= 0) return;
    const mix = (above, shift) => Math.round((above * alpha + (below >>> shift & 255) * under) / sum);
    this.pixels[place] = (Math.round(sum * 255) << 24 | mix(blue, 16) << 16 | mix(green, 8) << 8 | mix(red, 0)) >>> 0;
  }
}

/** Whether a pattern of dashes and gaps has a dash at this place. */
function isOn(dash, place) {
  let on = true;
  for (const length of dash) {
    if (place < length) return on;
    place -= length;
    on = !on;
  }
  return true;
}
