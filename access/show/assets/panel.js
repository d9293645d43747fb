// The panel: which question, which time limit, and the people that follow from them.
//
// Text that came from the planner's files is only ever set as textContent.

const byId = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, key) => facts[key]);

// Numbers as the tables write them; those that are not shown come as text, such as "<5" or ">6635".
const people = (n) =>
  typeof n !== "string" ? (n === 0 ? "-" : n.toLocaleString("en-US"))
  : n[0] === ">" ? ">" + Number(n.slice(1)).toLocaleString("en-US") : n;
const percent = (x) => (typeof x === "string" ? x : x.toFixed(1));
const length = (x) => (typeof x !== "string" ? x : x[0] === ">" ? Number(x.slice(1)) : 0);

// A row of the table for each district, whose name zooms to it.
function districtRows(page, zoomTo) {
  return page.districts.names.map((name, i) => {
    const row = byId("districts").insertRow();
    const head = element("th");
    head.scope = "row";
    const button = element("button", "plain", name);
    button.type = "button";
    button.title = fill(page.words.zoom_to, { name });
    button.addEventListener("click", () => zoomTo(i));
    head.append(button);
    row.append(head);
    return row;
  });
}

// The time limit of a question: a slider over its stops, and a button for each of its minutes.
function makeLimit(say, update) {
  const slider = byId("limit"), presets = byId("presets");
  let question;
  slider.addEventListener("input", update);
  return {
    // Minutes that the next question has as well stay chosen.
    ask(next) {
      const earlier = question && question.stops[slider.value];
      question = next;
      byId("described").textContent = question.described;
      slider.max = question.stops.length - 1;
      const usual = question.minutes[question.minutes.length - 1];
      slider.value = question.stops.indexOf(question.minutes.includes(earlier) ? earlier : usual);
      presets.replaceChildren(
        ...question.minutes.map((m) => {
          const button = element("button", "preset", m + say.minutes_unit);
          button.type = "button";
          button.dataset.minutes = m;
          button.addEventListener("click", () => {
            slider.value = question.stops.indexOf(m);
            update();
          });
          return button;
        })
      );
    },
    // Say the minutes chosen, and return their number among the stops.
    tell() {
      const stop = Number(slider.value), minutes = question.stops[stop];
      const within = fill(say.within, { minutes });
      byId("limit-shown").textContent = within;
      slider.setAttribute("aria-valuetext", within);
      for (const button of presets.children)
        button.setAttribute("aria-pressed", Number(button.dataset.minutes) === minutes);
      return stop;
    },
  };
}

// `changed(question, minutes)` is called whenever the planner chooses; `zoomTo(district)` on demand.
function makePanel(page, changed, zoomTo) {
  const say = page.words, select = byId("question");
  const rows = districtRows(page, zoomTo).map((row) => {
    const count = row.insertCell(), share = row.insertCell();
    const bar = element("span", "bar");
    const figure = element("span", "figure");
    share.append(bar, figure);
    return { count, bar, figure };
  });
  page.questions.forEach((q, i) => select.add(new Option(q.title, i)));
  select.parentElement.hidden = page.questions.length < 2;

  let question;
  const limit = makeLimit(say, update);

  function choose(index) {
    question = page.questions[index];
    limit.ask(question);
    update();
  }

  function update() {
    const stop = limit.tell();
    byId("total-reached").textContent = people(question.reached[0][stop]) + say.people_unit;
    byId("total-share").textContent = percent(question.share[0][stop]) + "%";
    byId("total-people").textContent = fill(say.of_people, { people: people(question.people[0]) });
    byId("total-bar").style.width = length(question.share[0][stop]) + "%";
    rows.forEach((row, i) => {
      row.count.textContent = people(question.reached[i + 1][stop]);
      const share = question.share[i + 1][stop];
      row.figure.textContent = percent(share);
      row.bar.style.width = length(share) * 0.6 + "%";
    });
    changed(question, question.stops[stop]);
  }

  select.addEventListener("change", () => choose(select.value));
  choose(0);
}

function makeLegend(page, question) {
  const say = page.words, bounds = question.breaks;
  const labels = bounds.map((to, i) =>
    i === 0 ? fill(say.class_first, { to }) : fill(say.class_middle, { from: bounds[i - 1], to })
  );
  labels.push(fill(say.class_last, { from: bounds[bounds.length - 1] }), say.beyond, say.no_way);
  const list = byId("classes");
  list.replaceChildren(
    ...labels.map((label, i) => {
      const item = element("li", "", label);
      const swatch = element("span", "swatch" + (i >= BEYOND ? " striped" : ""));
      swatch.style.setProperty("--ink", page.palette[i]);
      if (i === NO_WAY) swatch.classList.add("crossed");
      item.prepend(swatch);
      return item;
    })
  );
}

// Places are found by name: the way to them for those who cannot point.
function makeFinder(page, show) {
  const say = page.words, input = byId("find"), answer = byId("find-answer");
  const options = byId("place-names");
  new Set(page.places.names).forEach((name) => {
    const option = element("option");
    option.value = name;
    options.append(option);
  });
  byId("find-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    let found = page.places.names.indexOf(wanted);
    if (found < 0) found = page.places.names.findIndex((name) => wanted && name.includes(wanted));
    answer.textContent = found < 0 ? say.not_found : page.places.names[found];
    if (found >= 0) show(found);
  });
}
