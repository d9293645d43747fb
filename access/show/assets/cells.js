// Cells on canvas tiles: squares of a metric grid, outlines, or dots.
//
// Every kind offers `paint(context, view)` and `at(lat, lon)`: the number of a cell or -1.
// `look` says how cell i is painted now: its class, 0 to 5, BEYOND or NO_WAY.

const BEYOND = 6, NO_WAY = 7;

function channels(colour) {
  const n = parseInt(colour.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

// Hatched stripes keep "beyond" and "no way" apart from every colour, on a photocopy as well.
function striped(kind, x, y) {
  return kind === NO_WAY ? (x - y) % 5 === 0 || (x + y) % 5 === 0 : (x + y) % 5 === 0;
}

async function squareCells(cells, look, palette) {
  const steps = integersOf(await bytesOf(cells.at));
  const number = new Int32Array(cells.columns * cells.rows).fill(-1);
  const where = new Int32Array(cells.count);
  for (let i = 0, at = 0; i < steps.length; i++) {
    at += steps[i];
    number[at] = i;
    where[i] = at;
  }
  const { lon, lat, column, row } = cells.fit;
  // For one latitude the polynomial of two variables is one of longitude alone.
  const along = (factors, t) => factors.map((f) => f.reduceRight((sum, c) => sum * t + c, 0));
  const value = (factors, s) => factors.reduceRight((sum, c) => sum * s + c, 0);
  const ink = palette.map((c) => channels(c));

  function at(latDegrees, lonDegrees) {
    const s = (lonDegrees - lon[0]) / lon[1], t = (latDegrees - lat[0]) / lat[1];
    if (Math.abs(s) > 1 || Math.abs(t) > 1) return -1;
    const c = Math.floor(value(along(column, t), s)), r = Math.floor(value(along(row, t), s));
    return c < 0 || r < 0 || c >= cells.columns || r >= cells.rows ? -1 : number[r * cells.columns + c];
  }

  function paint(context, view) {
    const image = context.createImageData(view.width, view.height);
    const out = image.data;
    // cells of a few pixels have no room for stripes: there the grey itself must tell
    const pixels = (cells.size * view.scale) / (40075016 * Math.cos((lat[0] * Math.PI) / 180));
    const faint = pixels < 5 ? 190 : 60;
    let drawn = false;
    for (let j = 0; j < view.height; j++) {
      const t = (latitude((view.top + j + 0.5) / view.scale) - lat[0]) / lat[1];
      if (Math.abs(t) > 1) continue;
      const cs = along(column, t), rs = along(row, t);
      for (let i = 0; i < view.width; i++) {
        const s = (((view.left + i + 0.5) / view.scale) * 360 - 180 - lon[0]) / lon[1];
        if (s < -1 || s > 1) continue;
        let c = 0, r = 0;
        for (let k = cs.length - 1; k >= 0; k--) { c = c * s + cs[k]; r = r * s + rs[k]; }
        c = Math.floor(c);
        r = Math.floor(r);
        if (c < 0 || r < 0 || c >= cells.columns || r >= cells.rows) continue;
        const cell = number[r * cells.columns + c];
        if (cell < 0) continue;
        const kind = look[cell];
        const solid = kind < BEYOND || striped(kind, view.left + i, view.top + j);
        const colour = ink[kind], o = 4 * (j * view.width + i);
        out[o] = colour[0]; out[o + 1] = colour[1]; out[o + 2] = colour[2];
        out[o + 3] = solid ? 255 : faint;
        drawn = true;
      }
    }
    if (drawn) context.putImageData(image, 0, 0);
  }

  return { paint, at };
}

function hatch(kind, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 5;
  const context = tile.getContext("2d");
  context.fillStyle = colour;
  for (let x = 0; x < 5; x++)
    for (let y = 0; y < 5; y++) {
      context.globalAlpha = striped(kind, x, y) ? 1 : 0.24;
      context.fillRect(x, y, 1, 1);
    }
  return tile;
}

// Shapes are found under a point through buckets over their whole extent.
function finder(shapes, inside) {
  const side = Math.max(1, Math.ceil(Math.sqrt(shapes.count)));
  let west = 2, north = 2, east = -1, south = -1;
  for (let b = 0; b < shapes.box.length; b += 4) {
    west = Math.min(west, shapes.box[b]); north = Math.min(north, shapes.box[b + 1]);
    east = Math.max(east, shapes.box[b + 2]); south = Math.max(south, shapes.box[b + 3]);
  }
  const bucketX = (x) => Math.min(side - 1, Math.max(0, Math.floor(((x - west) / (east - west || 1)) * side)));
  const bucketY = (y) => Math.min(side - 1, Math.max(0, Math.floor(((y - north) / (south - north || 1)) * side)));
  const buckets = new Map();
  for (let item = 0, b = 0; item < shapes.count; item++, b += 4)
    for (let cx = bucketX(shapes.box[b]); cx <= bucketX(shapes.box[b + 2]); cx++)
      for (let cy = bucketY(shapes.box[b + 1]); cy <= bucketY(shapes.box[b + 3]); cy++) {
        const key = cy * side + cx;
        if (!buckets.has(key)) buckets.set(key, []);
        buckets.get(key).push(item);
      }
  return (x, y, reach) => {
    let best = -1, least = Infinity;
    for (let cx = bucketX(x - reach); cx <= bucketX(x + reach); cx++)
      for (let cy = bucketY(y - reach); cy <= bucketY(y + reach); cy++)
        for (const item of buckets.get(cy * side + cx) || []) {
          const distance = inside(item, x, y);
          if (distance <= reach && distance < least) { least = distance; best = item; }
        }
    return best;
  };
}

async function shapeCells(cells, look, palette) {
  const shapes = outlinesOf(await bytesOf(cells.outlines));
  const inside = (item, x, y) => {
    let odd = false;
    for (let part = shapes.first[item]; part < shapes.first[item + 1]; part++)
      for (let p = shapes.start[part], q = shapes.start[part + 1] - 1; p < shapes.start[part + 1]; q = p++)
        if (shapes.y[p] > y !== shapes.y[q] > y &&
            x < ((shapes.x[q] - shapes.x[p]) * (y - shapes.y[p])) / (shapes.y[q] - shapes.y[p]) + shapes.x[p])
          odd = !odd;
    return odd ? 0 : Infinity;
  };
  const find = finder(shapes, inside);
  const stripes = { [BEYOND]: hatch(BEYOND, palette[BEYOND]), [NO_WAY]: hatch(NO_WAY, palette[NO_WAY]) };

  function paint(context, view) {
    for (const item of visible(shapes, view, 2)) {
      const kind = look[item];
      context.fillStyle = kind < BEYOND ? palette[kind] : context.createPattern(stripes[kind], "repeat");
      const b = 4 * item;
      const width = (shapes.box[b + 2] - shapes.box[b]) * view.scale;
      if (width < 2) {
        context.fillRect(shapes.box[b] * view.scale - view.left, shapes.box[b + 1] * view.scale - view.top, 2, 2);
        continue;
      }
      context.beginPath();
      trace(context, shapes, item, view.scale, view.left, view.top);
      context.fill("evenodd");
    }
  }
  return { paint, at: (lat, lon) => find(worldX(lon), worldY(lat), 0) };
}

async function dotCells(cells, look, palette) {
  const dots = dotsOf(await bytesOf(cells.points));
  const find = finder(dots, (item, x, y) => Math.hypot(dots.x[item] - x, dots.y[item] - y));
  const radius = (zoom) => Math.max(2, Math.min(9, 3 * 1.4 ** (zoom - 12)));

  function paint(context, view) {
    const r = radius(view.zoom);
    for (const item of visible(dots, view, r + 1)) {
      const kind = look[item];
      context.beginPath();
      context.arc(dots.x[item] * view.scale - view.left, dots.y[item] * view.scale - view.top, r, 0, 7);
      context.globalAlpha = kind < BEYOND ? 1 : 0.35;
      context.fillStyle = palette[kind];
      context.fill();
      context.globalAlpha = 1;
      if (kind >= BEYOND) { // an open ring, so that a photocopy still tells it from the classes
        context.strokeStyle = palette[kind];
        context.stroke();
      }
    }
  }
  const reach = (zoom) => (radius(zoom) + 3) / (256 * 2 ** zoom);
  return { paint, at: (lat, lon, zoom) => find(worldX(lon), worldY(lat), reach(zoom)) };
}

const CELLS = { squares: squareCells, shapes: shapeCells, dots: dotCells };
