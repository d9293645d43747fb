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
const WATER = 4, STREAM = 5;

// A layer of canvas tiles that paints itself by `paint(context, view)` in CSS pixels.
const CanvasTiles = L.GridLayer.extend({
  initialize(paint, options) {
    L.setOptions(this, { updateWhenZooming: false, keepBuffer: 1, ...options });
    this.paint = paint;
  },
  createTile(coords) {
    const size = this.getTileSize();
    const tile = document.createElement("canvas");
    // drawn at twice the size, because tiles are stretched at zooms between whole steps
    const ratio = this.options.sharp ? 2 : 1;
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    tile.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw(tile, coords);
    return tile;
  },
  draw(tile, coords) {
    const size = this.getTileSize();
    const context = tile.getContext("2d");
    context.clearRect(0, 0, size.x, size.y);
    this.paint(context, {
      zoom: coords.z,
      scale: 256 * 2 ** coords.z,
      left: coords.x * size.x,
      top: coords.y * size.y,
      width: size.x,
      height: size.y,
      tile,
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
  for (let item = 0, b = 0; item < shapes.count; item++, b += 4) {
    if (shapes.box[b] <= east && shapes.box[b + 2] >= west && shapes.box[b + 1] <= south && shapes.box[b + 3] >= north)
      yield item;
  }
}

function paintWater(shapes) {
  return (context, view) => {
    for (const item of visible(shapes, view, 4)) {
      if (shapes.tag[item] < WATER) continue;
      context.beginPath();
      trace(context, shapes, item, view.scale, view.left, view.top);
      if (shapes.tag[item] === WATER) {
        context.fillStyle = STYLE.water;
        context.fill("evenodd");
      } else {
        context.strokeStyle = STYLE.stream;
        context.lineWidth = Math.max(1, 1.6 * 1.35 ** (view.zoom - 12));
        context.stroke();
      }
    }
  };
}

function paintStreets(shapes) {
  return (context, view) => {
    context.lineJoin = context.lineCap = "round";
    const items = [...visible(shapes, view, 6)];
    for (let kind = STYLE.streets.length - 1; kind >= 0; kind--) {
      const [from, colour, width] = STYLE.streets[kind];
      if (view.zoom < from) continue;
      context.beginPath();
      for (const item of items)
        if (shapes.tag[item] === kind) trace(context, shapes, item, view.scale, view.left, view.top);
      context.strokeStyle = colour;
      context.lineWidth = Math.max(0.5, width * 1.3 ** (view.zoom - 12));
      context.stroke();
    }
  };
}
