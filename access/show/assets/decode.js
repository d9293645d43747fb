// What the page carries, turned back into numbers. Nothing is ever fetched.

async function bytesOf(packed) {
  const raw = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  if (packed.codec === "none") return raw;
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function linesOf(packed) {
  return new TextDecoder().decode(await bytesOf(packed)).split("\n");
}

async function shortsOf(packed) {
  const raw = await bytesOf(packed);
  return new Uint16Array(raw.buffer, raw.byteOffset, raw.length >> 1);
}

// Whole numbers: seven bits to a byte, low bits first, zigzag for the sign.
function integersOf(raw) {
  const numbers = new Float64Array(raw.length);
  let count = 0;
  for (let at = 0; at < raw.length; ) {
    let value = 0, scale = 1, byte;
    do {
      byte = raw[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    numbers[count++] = value % 2 ? -(value + 1) / 2 : value / 2;
  }
  return numbers.subarray(0, count);
}

// The square of the whole world, 0..1 eastward and southward, as Leaflet's pixels divide it.
const worldX = (lon) => (lon + 180) / 360;
const worldY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
const latitude = (y) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;

// Lines and polygons: {count, tag, first (part of a shape), start (point of a part), x, y, box}.
function outlinesOf(raw) {
  const numbers = integersOf(raw);
  const tag = [], first = [0], start = [0];
  const x = new Float64Array(numbers.length >> 1), y = new Float64Array(numbers.length >> 1);
  const box = [];
  let lon = 0, lat = 0, point = 0;
  for (let at = 0; at < numbers.length; ) {
    tag.push(numbers[at++]);
    let parts = numbers[at++];
    first.push(first[first.length - 1] + parts);
    let west = 2, north = 2, east = -1, south = -1;
    for (; parts > 0; parts--) {
      for (let points = numbers[at++]; points > 0; points--) {
        lon += numbers[at++];
        lat += numbers[at++];
        const px = worldX(lon / 1e6), py = worldY(lat / 1e6);
        x[point] = px;
        y[point++] = py;
        west = Math.min(west, px); east = Math.max(east, px);
        north = Math.min(north, py); south = Math.max(south, py);
      }
      start.push(point);
    }
    box.push(west, north, east, south);
  }
  return { count: tag.length, tag, first, start, x, y, box: Float64Array.from(box) };
}

// Dots are shapes of one point.
function dotsOf(raw) {
  const numbers = integersOf(raw);
  const count = numbers.length >> 1;
  const x = new Float64Array(count), y = new Float64Array(count), box = new Float64Array(4 * count);
  for (let i = 0, lon = 0, lat = 0; i < count; i++) {
    lon += numbers[2 * i];
    lat += numbers[2 * i + 1];
    x[i] = worldX(lon / 1e6);
    y[i] = worldY(lat / 1e6);
    box.set([x[i], y[i], x[i], y[i]], 4 * i);
  }
  return { count, x, y, box };
}

function trace(context, shapes, item, scale, left, top) {
  for (let part = shapes.first[item]; part < shapes.first[item + 1]; part++) {
    for (let p = shapes.start[part]; p < shapes.start[part + 1]; p++) {
      const px = shapes.x[p] * scale - left, py = shapes.y[p] * scale - top;
      if (p === shapes.start[part]) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
  }
}
