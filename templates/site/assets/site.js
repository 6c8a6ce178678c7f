// Colours, search, filter, sorting, and lines that light up together.
"use strict";

const root = document.documentElement;

// Colours.
const theme = document.getElementById("theme");
const showTheme = () => theme.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
theme.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("optgen-theme", root.dataset.theme); } catch (error) { /* nothing is kept */ }
  showTheme();
});
showTheme();

// Search: every word must be in what is known of an item; titles that begin so come first.
const find = document.getElementById("find");
const found = document.getElementById("found");
let active = -1;

function matches(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const rank = (item) => {
    const title = item.title.toLowerCase();
    return title === words[0] || item.name === words[0] ? 0 : title.startsWith(words[0]) ? 1 : title.includes(words[0]) ? 2 : 3;
  };
  return window.OPTGEN_INDEX
    .filter((item) => words.every((word) => item.words.includes(word)))
    .map((item, place) => [rank(item), place, item])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, 12)
    .map((entry) => entry[2]);
}

function showFound() {
  const items = matches(find.value);
  active = -1;
  found.replaceChildren(...items.map((item, place) => {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `found-${place}`;
    const link = document.createElement("a");
    link.href = root.dataset.root + item.address;
    link.tabIndex = -1;
    link.textContent = item.title;
    const kind = document.createElement("span");
    kind.textContent = item.kind;
    link.append(kind);
    option.append(link);
    return option;
  }));
  if (find.value.trim() && !items.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = "nothing found";
    found.append(none);
  }
  found.hidden = !find.value.trim();
  find.setAttribute("aria-expanded", String(!found.hidden));
  find.removeAttribute("aria-activedescendant");
}

function choose(step) {
  const options = [...found.querySelectorAll("[role=option]")];
  if (!options.length) return;
  active = (active + step + options.length) % options.length;
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
  options[active].scrollIntoView({ block: "nearest" });
  find.setAttribute("aria-activedescendant", options[active].id);
}

find.addEventListener("input", showFound);
find.addEventListener("focus", showFound);
find.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    choose(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (event.key === "Enter") {
    const link = found.querySelectorAll("[role=option] a")[Math.max(active, 0)];
    if (link) location.href = link.href;
  } else if (event.key === "Escape") {
    find.value = "";
    showFound();
    find.blur();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".find")) { found.hidden = true; find.setAttribute("aria-expanded", "false"); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    find.focus();
    event.preventDefault();
  }
});

// Lines of spec, equations and code that belong together.
const linked = [...document.querySelectorAll("[data-from]")];
const keysOf = (element) => element.dataset.from.split(" ");
let pinned = null;

function light(element) {
  const keys = element ? new Set(keysOf(element)) : new Set();
  for (const other of linked) other.classList.toggle("lit", keysOf(other).some((key) => keys.has(key)));
}

function bringIntoView(element) {
  for (const panel of document.querySelectorAll(".panel .code")) {
    const first = panel.querySelector(".lit");
    if (first && !panel.contains(element)) panel.scrollTop = first.offsetTop - panel.clientHeight / 3;
  }
}

for (const element of linked) {
  if (element.tagName === "LI") element.tabIndex = -1;
  element.addEventListener("mouseenter", () => { if (!pinned) light(element); });
  element.addEventListener("mouseleave", () => { if (!pinned) light(null); });
  element.addEventListener("click", () => {
    if (getSelection().toString()) return;
    pinned = pinned === element ? null : element;
    light(pinned || element);
    bringIntoView(element);
  });
}

// With the keyboard: a panel has the focus, and arrows go through its linked lines.
for (const panel of document.querySelectorAll(".panel .code, .equations")) {
  const lines = [...panel.querySelectorAll("[data-from]")];
  let place = -1;
  panel.addEventListener("keydown", (event) => {
    if (!lines.length || (event.key !== "ArrowDown" && event.key !== "ArrowUp" && event.key !== "Escape")) return;
    event.preventDefault();
    if (event.key === "Escape") {
      pinned = null;
      light(null);
      return;
    }
    place = Math.min(Math.max(place + (event.key === "ArrowDown" ? 1 : -1), 0), lines.length - 1);
    pinned = lines[place];
    light(pinned);
    pinned.scrollIntoView({ block: "nearest" });
    bringIntoView(pinned);
  });
}

// The table of the catalogue.
const filter = document.getElementById("filter");
if (filter) {
  const rows = [...document.querySelectorAll("#items tbody tr")];
  const within = (value, most) => !most || (value !== "" && Number(value) <= Number(most));
  const apply = () => {
    const wanted = new FormData(filter);
    const words = wanted.get("words").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const of = row.dataset;
      const shown = words.every((word) => of.words.includes(word)) && (!wanted.get("kind") || of.kind === wanted.get("kind"))
        && within(of.state, wanted.get("state")) && within(of.bytes, wanted.get("bytes"))
        && (!wanted.get("since") || (of.year !== "" && Number(of.year) >= Number(wanted.get("since"))));
      row.hidden = !shown;
      count += shown;
    }
    document.getElementById("shown").textContent = `${count} of ${rows.length}`;
  };
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  apply();
  const body = document.querySelector("#items tbody");
  document.querySelectorAll("#items th button").forEach((button, column) => button.addEventListener("click", () => {
    const heading = button.parentElement;
    const down = heading.getAttribute("aria-sort") === "ascending";
    document.querySelectorAll("#items th").forEach((other) => other.setAttribute("aria-sort", "none"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.children[column].dataset.value;
    const compare = button.dataset.sort === "number"
      ? (a, b) => (value(a) === "") - (value(b) === "") || (Number(value(a)) - Number(value(b))) * (down ? -1 : 1)
      : (a, b) => value(a).localeCompare(value(b)) * (down ? -1 : 1);
    body.append(...rows.sort(compare));
  }));
}
