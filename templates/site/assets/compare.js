// The ways of the chosen optimizers, drawn step by step.
"use strict";
(() => {
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fc4", "#8c6d31"];
  const DASHES = ["", "7 3", "2 3", "9 3 2 3"];
  const MOST = 12;
  const walks = window.OPTGEN_WALKS;
  const byId = (id) => document.getElementById(id);
  const surface = byId("surface"), ways = byId("ways"), slider = byId("step"), at = byId("at"), play = byId("play");
  const boxes = [...document.querySelectorAll("#choice input[name=who]")];
  const svg = "http://www.w3.org/2000/svg";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const last = Number(slider.max);
  let shown = [], playing = !still, step = still ? last : 0, before = 0;

  const wanted = location.hash.slice(1);
  const mine = boxes.find((box) => box.value === wanted);
  if (mine) {
    mine.checked = true;
    mine.scrollIntoView({ block: "nearest" });
  }

  function make(tag, attributes) {
    const element = document.createElementNS(svg, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function choose() {
    const names = boxes.filter((box) => box.checked).map((box) => box.value);
    boxes.forEach((box) => { box.disabled = !box.checked && names.length >= MOST; });
    const known = walks.surfaces[surface.value];
    byId("picture").src = `assets/surface-${surface.value}.svg`;
    byId("about").textContent = known.doc;
    ways.replaceChildren();
    shown = names.map((name, place) => {
      const walk = walks.optimizers[name].walks[surface.value];
      const colour = COLOURS[place % COLOURS.length];
      const line = make("path", { "stroke-dasharray": DASHES[Math.floor(place / COLOURS.length)] });
      line.style.stroke = colour;
      const dot = make("circle", { r: 4.5, fill: colour });
      ways.append(line, dot);
      return { name, walk, line, dot, colour, title: walks.optimizers[name].title };
    });
    byId("legend").tBodies[0].replaceChildren(...shown.map((one) => {
      const row = document.createElement("tr");
      const name = document.createElement("td");
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.style.background = one.colour;
      const link = document.createElement("a");
      link.href = walks.optimizers[one.name].address;
      link.textContent = one.title;
      name.append(mark, link);
      const cells = [one.walk.rate ?? "default", one.walk.end === null ? "diverged" : Number(one.walk.end.toPrecision(3))];
      row.append(name, ...cells.map((text) => {
        const cell = document.createElement("td");
        cell.textContent = text;
        return cell;
      }));
      return row;
    }));
    draw();
  }

  function draw() {
    const now = Math.round(step);
    slider.value = now;
    at.textContent = `step ${now}`;
    for (const { walk, line, dot } of shown) {
      const points = walk.points.slice(0, now + 1);
      line.setAttribute("d", "M" + points.map((point) => point.join(" ")).join("L"));
      const [x, y] = points[points.length - 1];
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
    }
  }

  function tick(time) {
    if (playing) {
      step += Math.min(time - before, 100) * 0.03;
      if (step >= last) { step = last; setPlaying(false); }
      draw();
    }
    before = time;
    requestAnimationFrame(tick);
  }

  function setPlaying(now) {
    playing = now;
    play.textContent = now ? "Pause" : "Play";
  }

  play.addEventListener("click", () => {
    if (!playing && step >= last) step = 0;
    setPlaying(!playing);
  });
  slider.addEventListener("input", () => { setPlaying(false); step = Number(slider.value); draw(); });
  surface.addEventListener("change", () => { step = still ? last : 0; setPlaying(!still); choose(); });
  boxes.forEach((box) => box.addEventListener("change", choose));
  byId("choice").addEventListener("submit", (event) => event.preventDefault());
  setPlaying(playing);
  choose();
  requestAnimationFrame(tick);
})();
