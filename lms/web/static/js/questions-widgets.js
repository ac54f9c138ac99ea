// Reading and writing the answer of one question, for pages that save answers as they are given.
// The root is the element with data-question-widget; the answer is the JSON that marking expects. A question of several
// parts holds a widget for each of them. Plain forms work without this file; with it, steps are moved by buttons.

const PARTS = new Set(["case", "audio"]);
const TYPED = new Set(["blank", "cloze", "matching", "dictation"]);

const boxes = (root) => [...root.querySelectorAll("input:not([type=hidden]), textarea, select")];
const parts = (root) => [...root.querySelectorAll("[data-question-widget]")];
const steps = (root) => [...root.querySelectorAll("[data-id]")];
const says = (answer) => Array.isArray(answer) ? answer.some(says) : answer !== null && answer !== undefined && answer !== "";

/** Return the answer in a widget: id, list of ids, true/false, text, list of texts or of answers; null or [] for none. */
export function readAnswer(root) {
  const { kind } = root.dataset;
  const found = boxes(root);
  if (PARTS.has(kind)) {
    const answers = parts(root).map(readAnswer);
    return answers.some(says) ? answers : [];
  }
  if (TYPED.has(kind)) return found.some((box) => box.value.trim()) ? found.map((box) => box.value.trim()) : [];
  switch (kind) {
    case "single":
      return found.find((box) => box.checked)?.value ?? null;
    case "multiple":
      return found.filter((box) => box.checked).map((box) => box.value);
    case "true_false": {
      const chosen = found.find((box) => box.checked);
      return chosen ? chosen.value === "true" : null;
    }
    case "ordering":
      return root.dataset.given === "true" ? steps(root).map((step) => step.dataset.id) : [];
    default:
      return found[0]?.value.trim() || null;
  }
}

/** Show an answer in a widget; null empties it. */
export function writeAnswer(root, answer) {
  const { kind } = root.dataset;
  const list = Array.isArray(answer) ? answer : answer === null || answer === undefined ? [] : [answer];
  if (PARTS.has(kind)) parts(root).forEach((part, place) => writeAnswer(part, list[place] ?? null));
  else if (TYPED.has(kind)) boxes(root).forEach((box, place) => { box.value = list[place] ?? ""; });
  else if (kind === "ordering") arrange(root, list);
  else if (kind === "numeric" || kind === "short") { boxes(root)[0].value = list[0] ?? ""; count(root); }
  else boxes(root).forEach((box) => { box.checked = list.map(String).includes(box.value); });
}

/** Call back with the answer whenever it changes: at once for choices, after a pause (ms) while typing. */
export function onAnswer(root, callback, pause = 600) {
  let waiting = 0;
  const tell = () => { window.clearTimeout(waiting); waiting = 0; callback(readAnswer(root)); };
  root.addEventListener("input", (event) => {
    if (!event.target.matches("input[type=text], textarea")) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(tell, pause);
  });
  root.addEventListener("change", tell);
}

/* ordering: the lists of places give way to buttons and to dragging */
function arrange(root, ids) {
  const known = steps(root);
  const ahead = ids.map((id) => known.find((step) => step.dataset.id === id)).filter(Boolean);
  root.append(...ahead, ...known.filter((step) => !ahead.includes(step)));
  root.dataset.given = String(ahead.length > 0);
  number(root);
}

function number(root) {
  steps(root).forEach((step, at, all) => {
    step.querySelector("b").textContent = String(at + 1);
    step.querySelector("select").value = root.dataset.given === "true" ? String(at + 1) : "";
    step.querySelector("[data-move='-1']").disabled = at === 0;
    step.querySelector("[data-move='1']").disabled = at === all.length - 1;
  });
}

function moved(root, step) {
  root.dataset.given = "true";
  number(root);
  const said = root.parentElement.querySelector("[data-order-said]");
  if (said) said.textContent = `${step.querySelector("span").textContent}: ${steps(root).indexOf(step) + 1} / ${steps(root).length}`;
  root.dispatchEvent(new Event("change", { bubbles: true }));
}

function offerMoves(root) {
  let dragged = null;
  for (const step of steps(root)) {
    if (step.querySelector("select").disabled) return;
    step.querySelector("select").hidden = true;
    step.querySelector(".q-move").hidden = false;
    step.draggable = true;
    step.addEventListener("dragstart", (event) => { dragged = step; event.dataTransfer.effectAllowed = "move"; });
    step.addEventListener("dragover", (event) => { if (dragged) event.preventDefault(); });
    step.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === step) return;
      const before = steps(root).indexOf(dragged) > steps(root).indexOf(step);
      step[before ? "before" : "after"](dragged);
      moved(root, dragged);
      dragged = null;
    });
  }
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const step = button.closest("[data-id]");
    const other = button.dataset.move === "1" ? step.nextElementSibling : step.previousElementSibling;
    if (!other) return;
    other[button.dataset.move === "1" ? "after" : "before"](step);
    moved(root, step);
    (button.disabled ? step.querySelector("[data-move]:not(:disabled)") : button).focus();
  });
  number(root);
}

/* short answers count their characters; recordings count how often they were heard, on this device alone */
function count(root) {
  const shown = root.querySelector("[data-count-of]");
  if (shown) shown.textContent = String([...root.querySelector("textarea").value].length);
}

function countPlays(root) {
  const most = Number(root.dataset.plays);
  const player = root.querySelector("audio");
  if (!most) return;
  const key = `heard:${window.location.pathname}:${root.dataset.digest}`;
  const heard = () => Number(window.sessionStorage.getItem(key) ?? 0);
  const left = root.querySelector("[data-plays-left]");
  const show = () => {
    left.hidden = false;
    left.querySelector("b").textContent = String(Math.max(0, most - heard()));
  };
  let playing = false;
  player.addEventListener("play", () => {
    if (playing) return;
    if (heard() >= most) { player.pause(); return; }
    playing = true;
    window.sessionStorage.setItem(key, String(heard() + 1));
    show();
  });
  player.addEventListener("ended", () => { playing = false; if (heard() >= most) player.controls = false; });
  if (heard() >= most) player.controls = false;
  show();
}

/** Do something once with every element, also when a page loads this module twice under two addresses. */
function once(selector, enhance) {
  for (const root of document.querySelectorAll(selector)) {
    if (root.dataset.ready) continue;
    root.dataset.ready = "true";
    enhance(root);
  }
}

once("[data-question-widget][data-kind=ordering]", offerMoves);
once("[data-recording]", countPlays);
once("[data-question-widget][data-kind=short]", (root) => root.addEventListener("input", () => count(root)));
