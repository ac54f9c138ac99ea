// The blueprint editor: lines come and go, and the bank says at once what it can supply.
import { fill } from "./exams-clock.js";
import { token } from "./kit.js";

const form = document.querySelector("[data-editor]"), lines = form.querySelector("[data-lines]");
const template = form.querySelector("[data-line-template]");
let timer = 0, asked = 0;

form.querySelector("[data-add]").addEventListener("click", () => {
  lines.append(template.content.cloneNode(true));
  lines.lastElementChild.querySelector("select").focus();
});
lines.addEventListener("click", (event) => {
  if (!event.target.closest("[data-remove]")) return;
  event.target.closest("[data-line]").remove();
  count();
});
lines.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(count, 300); });

async function count() {
  const round = ++asked;
  const response = await fetch(form.dataset.supplyUrl, {
    method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body: new FormData(form),
  });
  if (!response.ok || round !== asked) return;
  const told = await response.json();
  const written = [...lines.querySelectorAll("[data-line]")].filter((line) => line.querySelector("[name=part_count]").value.trim());
  lines.querySelectorAll("[data-supply]").forEach((cell) => cell.replaceChildren());
  written.forEach((line, index) => {
    const supply = told.lines[index];
    if (!supply) return;
    const span = document.createElement("span");
    span.className = supply.short ? "t-bad fw-6" : "t-ok";
    span.textContent = fill(form.dataset.wordHave, { n: supply.available }) + (supply.short ? ` · ${fill(form.dataset.wordShort, { n: supply.short })}` : "");
    line.querySelector("[data-supply]").append(span);
  });
  form.querySelector("[data-sum]").textContent = fill(form.dataset.wordSum, { questions: told.questions, full: String(told.full_mark / 100) });
}
