// Swipe: before on the left of a line that the planner moves, after on its right.

// Panes of the map are cut along the line, wherever the map is moved.
function makeDivider(map, container, left, right, names) {
  const line = element("div", "divider");
  const input = element("input", "swipe");
  input.type = "range";
  input.min = 0;
  input.max = 1000;
  input.value = 500;
  input.setAttribute("aria-label", names.swipe);
  const sides = [element("div", "side left"), element("div", "side right")];
  const box = element("div", "swipe-box");
  box.append(line, ...sides, input);
  container.append(box);
  L.DomEvent.disableClickPropagation(input);
  L.DomEvent.on(input, "keydown keyup", L.DomEvent.stopPropagation); // arrows move the line only
  input.addEventListener("pointerdown", () => map.dragging.disable());
  input.addEventListener("pointerup", () => map.dragging.enable());
  function cut() {
    const size = map.getSize(), x = (size.x * input.value) / 1000;
    const from = map.containerPointToLayerPoint([0, 0]), to = map.containerPointToLayerPoint(size);
    const middle = from.x + x;
    const corners = (a, b) => [[a, from.y], [b, from.y], [b, to.y], [a, to.y]];
    const path = (points) => "polygon(" + points.map(([u, v]) => u + "px " + v + "px").join(",") + ")";
    left.forEach((pane) => (pane.style.clipPath = path(corners(from.x, middle))));
    right.forEach((pane) => (pane.style.clipPath = path(corners(middle, to.x))));
    line.style.left = x + "px";
    sides[0].style.right = size.x - x + "px";
    sides[1].style.left = x + "px";
  }
  input.addEventListener("input", cut);
  map.on("move zoom zoomend resize viewreset", cut);
  cut();
  return (before, after) => {
    sides[0].textContent = before;
    sides[1].textContent = after;
  };
}

function changedMark(place) {
  const mark = element("span", "mark changed " + place.mark);
  return L.divIcon({ html: mark, className: "mark-box", iconSize: [18, 18] });
}

const signed = (n) => (typeof n === "number" && n > 0 ? "+" : "") + (n === 0 ? "-" : people(n));

async function startSwipe(map) {
  const all = await stage(map);
  if (!all) return;
  const { page, say, container, cells, ids, home, water, streets, districts, labels, stay } = all;
  await loadQuestions(page);
  for (const plan of page.plans) await loadQuestions({ questions: plan.answers });
  const looks = [new Uint8Array(page.cells.count), new Uint8Array(page.cells.count)];
  const grids = [all.grid("cells-before", looks[0]), all.grid("cells-after", looks[1])];

  const pane = (name, z) => {
    const made = map.createPane(name);
    made.style.zIndex = z;
    return made;
  };
  const left = [map.getPane("cells-before"), pane("places-before", 610)];
  const right = [map.getPane("cells-after"), pane("works", 450), pane("places-after", 611)];
  const nameSides = makeDivider(map, container, left, right, say);

  const places = L.layerGroup().addTo(map), works = L.layerGroup().addTo(map);
  function marker(place, pane) {
    return L.marker([place.lat, place.lon], { icon: changedMark(place), pane, riseOnHover: true })
      .on("add", (event) => event.target.getElement().setAttribute("aria-label", place.name + ", " + place.kind))
      .bindTooltip(() => lines([place.name, place.kind]), { direction: "top", offset: [0, -8] })
      .on("tooltipopen", () => card.remove());
  }
  function showPlan(plan) {
    places.clearLayers();
    works.clearLayers();
    const gone = new Set(plan.places.gone);
    page.places.names.forEach((name, i) => {
      if (gone.has(i)) return;
      const kind = page.places.kind[i];
      L.marker([page.places.lat[i], page.places.lon[i]], { icon: placeMark(kind), keyboard: false })
        .bindTooltip(() => lines([name, page.places.kinds[kind]]), { direction: "top", offset: [0, -8] })
        .on("tooltipopen", () => card.remove())
        .addTo(places);
    });
    plan.places.before.forEach((place) => marker(place, "places-before").addTo(places));
    plan.places.after.forEach((place) => marker(place, "places-after").addTo(places));
    for (const road of plan.roads)
      L.polyline(road.lines, {
        pane: "works",
        interactive: false,
        color: road.kind === "new" ? "#15803d" : "#b91c1c",
        weight: 5,
        dashArray: road.kind === "new" ? null : "2 8",
      }).addTo(works);
    byId("changes").replaceChildren(...plan.changes.map((text) => element("li", "", text)));
    nameSides(page.today, plan.name);
  }

  let question, plan, waiting = 0;
  const answer = () => plan.answers[page.questions.indexOf(question)];

  const one = (asked, i) =>
    asked.values[i] === 65535 ? say.no_way : (asked.values[i] / 10).toFixed(1) + say.minutes_unit;
  const near = (asked, i) => (asked.values[i] === 65535 ? page.reasons[asked.why[i]] : asked.places[asked.nearest[i]]);
  const card = makeCard(map, container, cells, (i) => {
    const district = home[i] === 65535 ? say.outside : page.districts.names[home[i]];
    const was = near(question, i), is = near(answer(), i);
    return [
      one(question, i) + " → " + one(answer(), i),
      was === is ? say.nearest + ": " + was : was + " → " + is,
      district + " · " + say.cell + " " + ids[i],
    ];
  });

  const rows = districtRows(page, (i) => {
    stay();
    map.fitBounds(districts.getLayers()[i].getBounds());
  }).map((row) => ["before", "after", "change"].map((key) => [key, row.insertCell()]));

  const limit = makeLimit(say, update);
  function update() {
    const stop = limit.tell(), minutes = question.stops[stop], told = answer();
    byId("total-before").textContent = people(told.before[0][stop]);
    byId("total-after").textContent = people(told.after[0][stop]) + say.people_unit;
    byId("total-change").textContent = signed(told.change[0][stop]);
    byId("total-flows").textContent =
      say.gained + " " + people(told.gained[0][stop]) + " · " + say.lost + " " + people(told.lost[0][stop]);
    rows.forEach((row, i) =>
      row.forEach(([key, cell]) => {
        const value = told[key][i + 1][stop];
        cell.textContent = key === "change" ? signed(value) : people(value);
      })
    );
    classify(looks[0], question.values, question.breaks, minutes);
    classify(looks[1], told.values, question.breaks, minutes);
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => grids.forEach((grid) => grid.repaint()));
    document.body.dataset.shown = plan.name + " " + question.title + " " + minutes;
    card.again();
  }
  function ask(index) {
    question = page.questions[index];
    limit.ask(question);
    makeLegend(page, question);
  }
  function choose(index) {
    plan = page.plans[index];
    showPlan(plan);
  }
  const asks = byId("question"), chooses = byId("plan");
  page.questions.forEach((q, i) => asks.add(new Option(q.title, i)));
  page.plans.forEach((p, i) => chooses.add(new Option(p.name, i)));
  asks.addEventListener("change", () => {
    ask(asks.value);
    update();
  });
  chooses.addEventListener("change", () => {
    choose(chooses.value);
    update();
  });
  choose(0);
  ask(0);
  update();
  makeLayers(
    [
      [say.layer_cells, grids],
      [say.layer_streets, [water, streets]],
      [say.layer_districts, [districts, labels]],
      [say.layer_places, [places, works]],
    ],
    map
  );
  byId("loading").remove();
  document.body.dataset.ready = "yes";
}
