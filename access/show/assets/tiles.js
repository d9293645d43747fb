// Canvas tiles of our own, and what stands behind the cells: water and streets.

const STYLE = {
  // by class of street: [from zoom, colour, width at zoom 12]
  streets: [
    [0, "#6f6a62", 1.9],
    [0, "#8a857c", 1.2],
    [13, "#a39e95", 0.8],
    [14, "#b9b4aa", 0.6],
  ],
  water: "#bfd7ea",
  stream: "#a9c9e3",
};
const WATER = 4; // its surface; what comes after is drawn as a line

// A layer of canvas tiles that paints itself by `paint(context, view)`. A view is a window of
// `width` x `height` pixels on a world of `scale` pixels; `sharp` tiles have twice the pixels, because
// tiles are stretched at zooms between whole steps.
const CanvasTiles = L.GridLayer.extend({
  initialize(paint, options) {
    L.setOptions(this, { updateWhenZooming: false, keepBuffer: 1, ...options });
    this.paint = paint;
  },
  createTile(coords) {
    const size = this.getTileSize(), ratio = this.options.sharp ? 2 : 1;
    const tile = document.createElement("canvas");
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    this.draw(tile, coords);
    return tile;
  },
  draw(tile, coords) {
    const scale = 256 * 2 ** coords.z * (this.options.sharp ? 2 : 1);
    const left = coords.x * tile.width, top = coords.y * tile.height;
    const middle = latitude((top + tile.height / 2) / scale);
    const context = tile.getContext("2d");
    context.clearRect(0, 0, tile.width, tile.height);
    this.paint(context, {
      tile, scale, left, top,
      zoom: coords.z,
      width: tile.width,
      height: tile.height,
      ratio: this.options.sharp ? 2 : 1,
      pixelsAMetre: scale / (40075016 * Math.cos((middle * Math.PI) / 180)),
    });
  },
  // Paint again in place: removing and making tiles would flicker under a moving slider.
  repaint() {
    for (const key in this._tiles || {}) this.draw(this._tiles[key].el, this._tiles[key].coords);
  },
});

function* visible(shapes, view, margin) {
  const west = (view.left - margin) / view.scale, east = (view.left + view.width + margin) / view.scale;
  const north = (view.top - margin) / view.scale, south = (view.top + view.height + margin) / view.scale;
  const box = shapes.box;
  for (let item = 0, b = 0; item < shapes.count; item++, b += 4)
    if (box[b] <= east && box[b + 2] >= west && box[b + 1] <= south && box[b + 3] >= north) yield item;
}

function paintWater(shapes) {
  return (context, view) => {
    for (const item of visible(shapes, view, 8)) {
      if (shapes.tag[item] < WATER) continue;
      context.beginPath();
      trace(context, shapes, item, view.scale, view.left, view.top);
      if (shapes.tag[item] === WATER) {
        context.fillStyle = STYLE.water;
        context.fill("evenodd");
      } else {
        context.strokeStyle = STYLE.stream;
        context.lineWidth = view.ratio * Math.max(1, 1.6 * 1.35 ** (view.zoom - 12));
        context.stroke();
      }
    }
  };
}

function paintStreets(shapes) {
  return (context, view) => {
    context.lineJoin = context.lineCap = "round";
    context.globalAlpha = 0.55; // the cells underneath stay readable
    const items = [...visible(shapes, view, 12)];
    for (let kind = STYLE.streets.length - 1; kind >= 0; kind--) {
      const [from, colour, width] = STYLE.streets[kind];
      if (view.zoom < from) continue;
      context.beginPath();
      for (const item of items)
        if (shapes.tag[item] === kind) trace(context, shapes, item, view.scale, view.left, view.top);
      context.strokeStyle = colour;
      context.lineWidth = view.ratio * Math.max(0.5, width * 1.3 ** (view.zoom - 12));
      context.stroke();
    }
  };
}
