// Cells on canvas tiles: squares of a metric grid, outlines, or dots.
//
// Each kind of cells says, once for a tile, which cell lies under each of its pixels; painting then
// only looks colours up, so that a slider can move. `under(view, mark)` calls mark(pixel, cell);
// `at(lat, lon, zoom)` is the number of the cell at a place, or -1.

const BEYOND = 6, NO_WAY = 7; // kinds of look after the six classes
const SOLID = 220, FAINT = 52, FAINT_SMALL = 163; // opacity, of 255
const EARTH_M = 40075016;

function channels(colour) {
  const n = parseInt(colour.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

// Stripes keep "beyond" and "no way" apart from every colour, on a photocopy as well.
function striped(kind, x, y) {
  return (x + y) % 5 === 0 || (kind === NO_WAY && (x - y) % 5 === 0);
}

// `look` says how each cell is shown now: its class, 0 to 5, BEYOND or NO_WAY.
function paintCells(cells, look, palette) {
  const ink = palette.map(channels);
  return (context, view) => {
    if (view.tile.cells === undefined) {
      const found = new Int32Array(view.width * view.height).fill(-1);
      let any = false;
      cells.under(view, (pixel, cell) => {
        found[pixel] = cell;
        any = true;
      });
      view.tile.cells = any ? found : null;
    }
    const under = view.tile.cells;
    if (!under) return;
    // cells of a few pixels have no room for stripes: there the grey itself must tell
    const faint = cells.size * view.pixelsAMetre < 5 ? FAINT_SMALL : FAINT;
    const image = context.createImageData(view.width, view.height);
    const out = image.data;
    for (let p = 0, o = 0; p < under.length; p++, o += 4) {
      if (under[p] < 0) continue;
      const kind = look[under[p]], colour = ink[kind];
      out[o] = colour[0];
      out[o + 1] = colour[1];
      out[o + 2] = colour[2];
      out[o + 3] = SOLID;
      if (kind >= BEYOND && !striped(kind, view.left + (p % view.width), view.top + Math.floor(p / view.width)))
        out[o + 3] = faint;
    }
    context.putImageData(image, 0, 0);
  };
}

async function squareCells(cells) {
  const steps = integersOf(await bytesOf(cells.at));
  const number = new Int32Array(cells.columns * cells.rows).fill(-1);
  for (let i = 0, at = 0; i < steps.length; i++) number[(at += steps[i])] = i;
  const { lon, lat, column, row } = cells.fit;
  // For one latitude the polynomial of two variables is one of longitude alone.
  const along = (factors, t) => factors.map((f) => f.reduceRight((sum, c) => sum * t + c, 0));
  const value = (factors, s) => {
    let sum = 0;
    for (let k = factors.length - 1; k >= 0; k--) sum = sum * s + factors[k];
    return sum;
  };

  function cellAt(columns, rows, s) {
    if (s < -1 || s > 1) return -1;
    const c = Math.floor(value(columns, s)), r = Math.floor(value(rows, s));
    return c < 0 || r < 0 || c >= cells.columns || r >= cells.rows ? -1 : number[r * cells.columns + c];
  }

  function at(latDegrees, lonDegrees) {
    const t = (latDegrees - lat[0]) / lat[1];
    if (Math.abs(t) > 1) return -1;
    return cellAt(along(column, t), along(row, t), (lonDegrees - lon[0]) / lon[1]);
  }

  function under(view, mark) {
    for (let j = 0; j < view.height; j++) {
      const t = (latitude((view.top + j + 0.5) / view.scale) - lat[0]) / lat[1];
      if (Math.abs(t) > 1) continue;
      const columns = along(column, t), rows = along(row, t);
      for (let i = 0; i < view.width; i++) {
        const s = (((view.left + i + 0.5) / view.scale) * 360 - 180 - lon[0]) / lon[1];
        const cell = cellAt(columns, rows, s);
        if (cell >= 0) mark(j * view.width + i, cell);
      }
    }
  }
  return { under, at, size: cells.size };
}

// Shapes are found under a point through buckets over their whole extent; `far(item, x, y)` is how
// far a point lies from a shape.
function finder(shapes, far) {
  const side = Math.max(1, Math.ceil(Math.sqrt(shapes.count)));
  let west = 2, north = 2, east = -1, south = -1;
  for (let b = 0; b < shapes.box.length; b += 4) {
    west = Math.min(west, shapes.box[b]);
    north = Math.min(north, shapes.box[b + 1]);
    east = Math.max(east, shapes.box[b + 2]);
    south = Math.max(south, shapes.box[b + 3]);
  }
  const clamp = (v) => Math.min(side - 1, Math.max(0, Math.floor(v)));
  const bucketX = (x) => clamp(((x - west) / (east - west || 1)) * side);
  const bucketY = (y) => clamp(((y - north) / (south - north || 1)) * side);
  const buckets = new Map();
  const inside = function* (left, top, right, bottom) {
    for (let cx = bucketX(left); cx <= bucketX(right); cx++)
      for (let cy = bucketY(top); cy <= bucketY(bottom); cy++) yield cy * side + cx;
  };
  for (let item = 0; item < shapes.count; item++)
    for (const key of inside(...shapes.box.subarray(4 * item, 4 * item + 4))) {
      if (!buckets.has(key)) buckets.set(key, []);
      buckets.get(key).push(item);
    }
  return (x, y, reach) => {
    let best = -1, least = Infinity;
    for (const key of inside(x - reach, y - reach, x + reach, y + reach))
      for (const item of buckets.get(key) || []) {
        const distance = far(item, x, y);
        if (distance <= reach && distance < least) {
          least = distance;
          best = item;
        }
      }
    return best;
  };
}

// Where a row of the world crosses the outline of a shape, from west to east.
function crossings(shapes, item, y) {
  const found = [];
  for (let part = shapes.first[item]; part < shapes.first[item + 1]; part++)
    for (let p = shapes.start[part], q = shapes.start[part + 1] - 1; p < shapes.start[part + 1]; q = p++)
      if (shapes.y[p] > y !== shapes.y[q] > y)
        found.push(shapes.x[p] + ((shapes.x[q] - shapes.x[p]) * (y - shapes.y[p])) / (shapes.y[q] - shapes.y[p]));
  return found.sort((a, b) => a - b);
}

async function shapeCells(cells) {
  const shapes = outlinesOf(await bytesOf(cells.outlines));
  const far = (item, x, y) => (crossings(shapes, item, y).filter((c) => c <= x).length % 2 ? 0 : Infinity);
  const find = finder(shapes, far);

  function under(view, mark) {
    for (const item of visible(shapes, view, 1)) {
      const top = Math.max(0, Math.ceil(shapes.box[4 * item + 1] * view.scale - view.top - 0.5));
      const bottom = Math.min(view.height - 1, Math.floor(shapes.box[4 * item + 3] * view.scale - view.top - 0.5));
      for (let j = top; j <= bottom; j++) {
        const edges = crossings(shapes, item, (view.top + j + 0.5) / view.scale);
        for (let e = 0; e + 1 < edges.length; e += 2) {
          const from = Math.max(0, Math.ceil(edges[e] * view.scale - view.left - 0.5));
          const to = Math.min(view.width - 1, Math.ceil(edges[e + 1] * view.scale - view.left - 0.5) - 1);
          for (let i = from; i <= to; i++) mark(j * view.width + i, item);
        }
      }
    }
  }
  return { under, at: (lat, lon) => find(worldX(lon), worldY(lat), 0), size: cells.size };
}

async function dotCells(cells) {
  const dots = dotsOf(await bytesOf(cells.points));
  const find = finder(dots, (item, x, y) => Math.hypot(dots.x[item] - x, dots.y[item] - y));
  const middle = dots.count ? latitude(dots.y[0]) : 0;
  // as large as leaves a little air between neighbours
  const radius = (scale) =>
    Math.max(1.5, (0.46 * cells.size * scale) / (EARTH_M * Math.cos((middle * Math.PI) / 180)));

  function under(view, mark) {
    const r = radius(view.scale);
    for (const item of visible(dots, view, r + 1)) {
      const x = dots.x[item] * view.scale - view.left, y = dots.y[item] * view.scale - view.top;
      for (let j = Math.max(0, Math.ceil(y - r - 0.5)); j <= Math.min(view.height - 1, y + r - 0.5); j++) {
        const half = Math.sqrt(Math.max(0, r * r - (j + 0.5 - y) ** 2));
        const to = Math.min(view.width - 1, x + half - 0.5);
        for (let i = Math.max(0, Math.ceil(x - half - 0.5)); i <= to; i++) mark(j * view.width + i, item);
      }
    }
  }
  const at = (lat, lon, zoom) => {
    const scale = 256 * 2 ** zoom;
    return find(worldX(lon), worldY(lat), (radius(scale) + 2) / scale);
  };
  return { under, at, size: cells.size };
}

const CELLS = { squares: squareCells, shapes: shapeCells, dots: dotCells };
