// Start: what folium's map shows, from the data the page carries.

function placeMark(kind) {
  const mark = element("span", "mark " + (kind === 0 ? "centre" : kind === 1 ? "idle" : "other"));
  return L.divIcon({ html: mark, className: "mark-box", iconSize: [18, 18] });
}

function lines(texts) {
  const box = element("div", "said");
  texts.filter(Boolean).forEach((text, i) => box.append(element(i ? "span" : "b", "", text)));
  return box;
}

async function loadQuestions(page) {
  for (const q of page.questions) {
    q.values = await shortsOf(q.values);
    q.nearest = await shortsOf(q.nearest);
    q.why = await bytesOf(q.why);
  }
}

// A map of no size (a notebook's folded cell, a hidden tab) has no zoom: wait until it is seen.
function toBeSeen(box) {
  return new Promise((seen) => {
    const observer = new ResizeObserver(() => {
      if (!box.clientWidth || !box.clientHeight) return;
      observer.disconnect();
      seen();
    });
    observer.observe(box);
  });
}

// What every map of ours has: ground, water, streets, district lines and names, and how it fits.
// Nothing where the browser is too old.
async function stage(map) {
  const page = JSON.parse(byId("data").textContent);
  const say = page.words;
  if (typeof DecompressionStream === "undefined") {
    byId("loading").textContent = say.too_old;
    return null;
  }
  // On a narrow screen the panel folds, on a wide one it cannot be closed.
  const narrow = window.matchMedia("(max-width: 600px)");
  const fold = () => (byId("panel").open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();
  const container = map.getContainer();
  await toBeSeen(container);
  map.invalidateSize();
  map.attributionControl.setPrefix("Leaflet");
  page.credits.forEach((line) => {
    const escaped = element("span", "", line).innerHTML; // Leaflet takes HTML here
    map.attributionControl.addAttribution(escaped);
  });
  map.options.maxZoom = 18;
  const [west, south, east, north] = page.bounds;
  map.options.zoomSnap = 0.25; // so that a city fills the map; wheel and buttons move whole steps
  const city = L.latLngBounds([[south, west], [north, east]]);
  // Until the planner moves the map, it shows the whole city in whatever room there is.
  let fitting = false, moved = false;
  const fit = () => {
    fitting = true;
    map.options.minZoom = 0;
    map.fitBounds(city, { padding: [12, 12], animate: false });
    map.setMinZoom(Math.max(0, map.getZoom() - 2));
    fitting = false;
  };
  fit();
  map.setMaxBounds(city.pad(0.6));
  map.on("dragstart zoomstart", () => (moved = moved || !fitting));
  container.addEventListener("keydown", (event) => (moved = moved || event.key.startsWith("Arrow")));
  const settle = () => {
    if (!container.clientWidth || !container.clientHeight) return;
    map.invalidateSize();
    if (!moved) fit();
  };
  new ResizeObserver(settle).observe(container);
  window.matchMedia("print").addEventListener("change", settle); // printing waits for no observer
  L.control.scale({ imperial: false }).addTo(map);
  container.setAttribute("aria-label", say.map_label);

  const ids = await linesOf(page.cells.ids);
  const home = await shortsOf(page.cells.district);
  const cells = await CELLS[page.cells.kind](page.cells);
  const behind = outlinesOf(await bytesOf(page.backdrop));

  // From the back to the front: water, cells, streets, district lines, places.
  const layer = (name, z, paint, sharp) => {
    map.createPane(name).style.zIndex = z;
    return new CanvasTiles(paint, { pane: name, sharp }).addTo(map);
  };
  const water = layer("water", 210, paintWater(behind), true);
  const grid = (name, look) =>
    layer(name, 220, paintCells(cells, look, page.palette), page.cells.kind !== "squares");
  const streets = layer("streets", 230, paintStreets(behind), true);

  // The city stands out as white ground under everything else.
  map.createPane("ground").style.zIndex = 205;
  L.geoJSON(page.districts.outlines, {
    pane: "ground",
    interactive: false,
    style: { stroke: false, fillColor: "#ffffff", fillOpacity: 1 },
  }).addTo(map);
  const districts = L.geoJSON(page.districts.outlines, {
    interactive: false,
    style: { color: "#1f2937", weight: 1.2, opacity: 0.75, fill: false, dashArray: "6 3" },
  }).addTo(map);
  map.createPane("names").style.zIndex = 620;
  map.getPane("names").style.pointerEvents = "none";
  const labels = L.layerGroup(
    page.districts.labels.map(([lon, lat], i) =>
      L.marker([lat, lon], {
        pane: "names",
        interactive: false,
        keyboard: false,
        icon: L.divIcon({
          html: element("span", "", page.districts.names[i]),
          className: "district-name",
          iconSize: [0, 0],
        }),
      })
    )
  ).addTo(map);

  // Marks grow with the zoom, so that they do not hide the city that is seen as a whole.
  const resize = () => {
    const size = Math.max(0.55, Math.min(1.15, 0.55 + (map.getZoom() - 10.5) * 0.18));
    map.getContainer().style.setProperty("--mark", size);
  };
  map.on("zoomend", resize);
  resize();

  const stay = () => (moved = true); // from now on the planner decides what the map shows
  return { page, say, container, cells, ids, home, grid, water, streets, districts, labels, stay };
}

// Classes are found once a change, so that painting only looks them up.
function classify(look, values, breaks, minutes) {
  const limit = Math.floor(minutes * 10 + 1e-6);
  const bounds = breaks.map((b) => Math.floor(b * 10 + 1e-6));
  for (let i = 0; i < look.length; i++) {
    const value = values[i];
    if (value === 65535) look[i] = NO_WAY;
    else if (value > limit) look[i] = BEYOND;
    else {
      let at = 0;
      while (at < bounds.length && value > bounds[at]) at++;
      look[i] = at;
    }
  }
}

// A card beside the pointer tells of the cell there; with the keyboard the cell in the middle speaks.
function makeCard(map, container, cells, textsOf) {
  const card = L.tooltip({ className: "cell-card", direction: "top", offset: [0, -6], opacity: 1 });
  function tell(latlng) {
    const cell = cells.at(latlng.lat, latlng.lng, map.getZoom());
    if (cell < 0) {
      card.remove();
      return "";
    }
    const texts = textsOf(cell);
    card.setContent(lines(texts)).setLatLng(latlng);
    if (!map.hasLayer(card)) card.addTo(map);
    return texts.join(", ");
  }
  map.on("mousemove click", (event) => tell(event.latlng));
  map.on("mouseout", () => card.remove());
  container.addEventListener("keyup", (event) => {
    if (event.target !== container || !event.key.startsWith("Arrow")) return;
    byId("spoken").textContent = tell(map.getCenter());
  });
  return { remove: () => card.remove(), again: () => map.hasLayer(card) && tell(card.getLatLng()) };
}

function makeLayers(switches, map) {
  byId("layers").append(
    ...switches.map(([name, layers, mark]) => {
      const box = element("label"), input = element("input");
      input.type = "checkbox";
      input.checked = true;
      input.addEventListener("change", () =>
        layers.forEach((one) => (input.checked ? one.addTo(map) : one.remove()))
      );
      box.append(input, ...(mark ? [mark] : []), element("span", "", name));
      return box;
    })
  );
}

async function start(map) {
  const all = await stage(map);
  if (!all) return;
  const { page, say, container, cells, ids, home, water, streets, districts, labels, stay } = all;
  await loadQuestions(page);
  const look = new Uint8Array(page.cells.count);
  const grid = all.grid("cells", look);

  const kinds = page.places.kinds.map(() => L.layerGroup().addTo(map));
  const marks = page.places.names.map((name, i) => {
    const kind = page.places.kind[i];
    const label = name + ", " + page.places.kinds[kind];
    return L.marker([page.places.lat[i], page.places.lon[i]], { icon: placeMark(kind), riseOnHover: true })
      .on("add", (event) => event.target.getElement().setAttribute("aria-label", label))
      .bindPopup(() => lines([name, page.places.kinds[kind], page.places.notes[i]]), { minWidth: 120 })
      .bindTooltip(() => lines([name, page.places.kinds[kind]]), { direction: "top", offset: [0, -8] })
      .on("tooltipopen popupopen", () => card.remove()) // one explanation at a time
      .addTo(kinds[kind]);
  });

  let asked, waiting = 0;
  function changed(question, minutes) {
    classify(look, question.values, question.breaks, minutes);
    if (asked !== question) makeLegend(page, question);
    asked = question;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => grid.repaint());
    document.body.dataset.shown = question.title + " " + minutes;
    card.again();
  }

  function cellText(i) {
    const value = asked.values[i], near = asked.nearest[i];
    const district = home[i] === 65535 ? say.outside : page.districts.names[home[i]];
    const minutes = (value / 10).toFixed(1) + say.minutes_unit;
    return [
      value === 65535 ? say.no_way : minutes,
      value === 65535 ? page.reasons[asked.why[i]] : say.nearest + ": " + asked.places[near],
      district + " · " + say.cell + " " + ids[i],
    ];
  }

  const card = makeCard(map, container, cells, cellText);
  makePanel(page, changed, (i) => {
    stay();
    map.fitBounds(districts.getLayers()[i].getBounds());
  });
  makeFinder(page, (i) => {
    stay();
    map.setView(marks[i].getLatLng(), Math.max(map.getZoom(), 14));
    marks[i].openPopup();
  });
  const switches = [
    [say.layer_cells, [grid]],
    [say.layer_streets, [water, streets]],
    [say.layer_districts, [districts, labels]],
    ...page.places.kinds.map((name, i) => [name, [kinds[i]], placeMark(i).options.html]),
  ];
  makeLayers(switches, map);
  byId("loading").remove();
  document.body.dataset.ready = "yes";
}
