// The blueprint editor: sections and lines come, go and move, and the bank says at once what it can supply.
import { fill } from "./exams-clock.js";
import { Picker } from "./exams-picker.js";
import { token } from "./kit.js";

const NUMERALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十"];
const form = document.querySelector("[data-editor]"), blueprint = form.querySelector("[data-blueprint]");
const box = blueprint.querySelector("[data-sections]");
const copy = (name) => blueprint.querySelector(`[data-${name}-template]`).content.firstElementChild.cloneNode(true);
const sections = () => [...box.children];
let timer = 0, asked = 0, made = 0;

const picker = new Picker(document.querySelector("[data-picker]"), form.dataset, (section, found) => {
  const line = add(section, copy("named"));
  line.querySelector("[name=part_edition]").value = found.edition;
  line.querySelector("[data-code]").textContent = found.code;
  line.querySelector("[data-stem]").textContent = found.stem;
  line.querySelector("[data-kind]").textContent = found.kind;
  line.querySelector("[name=part_marks]").value = String(found.points / 100);
  soon();
});

function add(section, line) {
  line.querySelector("[name=part_section]").value = section.dataset.section;
  section.querySelector("[data-lines]").append(line);
  return line;
}

function addSection() {
  if (sections().length >= NUMERALS.length) return;
  if (!blueprint.classList.contains("is-sectioned")) blueprint.classList.add("is-sectioned"); // the first one gets its head
  else box.append(keyed(copy("section"), `n${++made}`));
  show();
  sections().at(-1).querySelector("[name=section_title]").focus();
}

function keyed(section, key) {
  section.dataset.section = key;
  section.querySelector("[name=section_key]").value = key;
  section.querySelector("[name=section_in_order]").value = key;
  section.querySelectorAll("[name=part_section]").forEach((it) => { it.value = key; });
  return section;
}

function show() {
  sections().forEach((it, index) => { it.querySelector("[data-numeral]").textContent = `${NUMERALS[index]}、`; });
}

/** Move an element up or down among its like; focus stays on the button. */
function move(element, up, button) {
  const other = up ? element.previousElementSibling : element.nextElementSibling;
  if (!other) return;
  other[up ? "before" : "after"](element);
  button.focus();
  show();
  soon();
}

blueprint.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const section = button.closest("[data-section]"), line = button.closest("[data-line]"), { dataset } = button;
  if ("addSection" in dataset) addSection();
  else if ("add" in dataset) add(section, copy("line")).querySelector("select").focus();
  else if ("pick" in dataset) picker.open(section);
  else if ("remove" in dataset) { line.remove(); soon(); }
  else if ("newer" in dataset) { line.querySelector("[name=part_edition]").value = dataset.newer; button.previousElementSibling.remove(); button.replaceWith("✓"); soon(); }
  else if ("up" in dataset || "down" in dataset) move(line, "up" in dataset, button);
  else if ("sectionUp" in dataset || "sectionDown" in dataset) move(section, "sectionUp" in dataset, button);
  else if ("sectionRemove" in dataset) removeSection(section);
});
blueprint.addEventListener("input", soon);

function removeSection(section) {
  if (sections().length > 1) section.remove();
  else { // the last one stays as a paper without sections
    section.querySelectorAll(".ee-sh input:not([type=checkbox])").forEach((it) => { it.value = ""; });
    section.querySelector("[name=section_in_order]").checked = false;
    blueprint.classList.remove("is-sectioned");
  }
  show();
  soon();
}

function soon() { clearTimeout(timer); timer = setTimeout(count, 200); }

async function count() {
  const round = ++asked;
  const fields = [...new FormData(form)].filter(([name]) => name.startsWith("part_") || name.startsWith("section_"));
  const response = await fetch(form.dataset.supplyUrl, {
    method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body: new URLSearchParams(fields),
  });
  if (!response.ok || round !== asked) return;
  const told = await response.json();
  const written = [...box.querySelectorAll("[data-line]")].filter((line) => line.querySelector("[name=part_count]").value.trim());
  box.querySelectorAll("[data-supply]").forEach((cell) => cell.replaceChildren());
  written.forEach((line, index) => {
    const supply = told.lines[index], cell = line.querySelector("[data-supply]");
    if (!supply || !cell) return;
    const span = document.createElement("span");
    span.className = supply.short ? "t-bad fw-6" : "t-ok";
    span.textContent = fill(form.dataset.wordHave, { n: supply.available }) + (supply.short ? ` · ${fill(form.dataset.wordShort, { n: supply.short })}` : "");
    cell.append(span);
  });
  const sum = ({ questions, full_mark: full }) => fill(form.dataset.wordSum, { questions, full: String(full / 100) });
  sections().forEach((it, index) => { it.querySelector("[data-section-sum]").textContent = told.sections[index] ? sum(told.sections[index]) : ""; });
  form.querySelector("[data-sum]").textContent = sum(told);
}

show();
if (!form.querySelector("fieldset").disabled) soon();
