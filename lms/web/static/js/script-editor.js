// The editor of call scripts: colours the text under the text box, asks what is wrong as one types, keeps the draft.
import { post, toast } from "./kit.js";

const root = document.querySelector("[data-script-editor]");
const box = root.querySelector("[data-text]"), layer = root.querySelector("[data-highlight]");
const findings = root.querySelector("[data-findings]"), graph = root.querySelector("[data-graph]");
const kept = document.querySelector("[data-kept]"), version = document.querySelector("[data-version]");
const MOST_COLOURED = 60_000, CHECK_AFTER = 250, KEEP_AFTER = 1500, TRY_AGAIN = 5000;
let marks = [], known = Number(root.dataset.known), saved = box.value, asked = 0, checking = 0, keeping = 0, busy = false;

const RULES = [
  [/^\s*\/\/.*$/, "note"], [/^\s*【.*$/, "sec"], [/^\s*==.*$/, "node"],
];

/** Cut one line into [text, class] pieces that together are the line. */
function pieces(line) {
  for (const [rule, name] of RULES) if (rule.test(line)) return [[line, name]];
  const found = [];
  let rest = line;
  const head = rest.match(/^(\s*)([*+\-~?]|[正反](?=\s)|\[[!?]*[^\]]*\]|客(?:[（(][^）)]*[）)])?\s*[:：]|挂机\s*[:：]|[^\s:：=＝|]{1,12}\s*[:：=＝](?!>))/);
  if (head) {
    found.push([head[1], ""], [head[2], /^[*+\-~?]$/.test(head[2]) ? "sign" : "key"]);
    rest = rest.slice(head[0].length);
  }
  for (const part of rest.split(/(=>|->|→|\{[^}]*\})/)) {
    found.push([part, part.startsWith("{") ? "fact" : /^(=>|->|→)$/.test(part) ? "to" : ""]);
  }
  return found;
}

function lineOf(text, number) {
  const mine = marks.filter((mark) => mark[0] === number);
  const div = document.createElement("div");
  if (mine.length) div.className = mine.some((mark) => mark[3] === "error") ? "has-error" : "has-warning";
  let at = 1;
  for (const [piece, name] of pieces(text)) {
    let start = 0;
    while (start < piece.length) {
      const here = mine.find((mark) => mark[1] <= at && at < Math.max(mark[2], mark[1] + 1));
      let end = start + 1;
      while (end < piece.length && mine.find((m) => m[1] <= at + end - start && at + end - start < Math.max(m[2], m[1] + 1)) === here) end += 1;
      const holder = document.createElement(here ? "u" : "span");
      if (here) holder.className = here[3];
      if (name) holder.classList.add(`k-${name}`);
      holder.textContent = piece.slice(start, end);
      div.append(holder);
      at += end - start;
      start = end;
    }
  }
  if (!text) div.textContent = "\u200b";
  return div;
}

function paint() {
  const long = box.value.length > MOST_COLOURED;
  root.classList.toggle("se-plain", long);
  if (!long) layer.replaceChildren(...box.value.split("\n").map((text, i) => lineOf(text, i + 1)));
  layer.scrollTop = box.scrollTop;
}

async function check() {
  const number = ++asked;
  try {
    const answer = await post(root.dataset.check, { text: box.value });
    if (number !== asked) return;
    marks = answer.marks;
    findings.innerHTML = answer.findings;
    if (graph) graph.innerHTML = answer.graph;
    paint();
  } catch (error) {
    if (error.status) toast(error.message, { state: "no" });
  }
}

async function keep() {
  clearTimeout(keeping);
  if (busy || box.value === saved) return;
  busy = true;
  const text = box.value;
  try {
    const answer = await post(root.dataset.keep, { text, known });
    saved = text;
    known = answer.number;
    document.querySelector("#script-form [name=known]").value = String(known);
    if (answer.title) document.querySelector("[data-title]").textContent = answer.title;
    document.querySelector("[data-code-shown]").textContent = answer.code || "—";
    version.textContent = root.dataset.wordVersion.replace("{n}", known);
    kept.textContent = root.dataset.wordKept.replace("{time}", new Date().toLocaleTimeString([], { hour12: false }));
  } catch (error) {
    if (error.status) toast(error.message, { state: "no", seconds: 20 });
    else keeping = setTimeout(keep, TRY_AGAIN);
    kept.textContent = error.status ? error.message : root.dataset.wordLost;
  }
  busy = false;
  if (box.value !== text) keeping = setTimeout(keep, KEEP_AFTER);
}

function typed() {
  marks = [];
  paint();
  if (box.value !== saved) kept.textContent = root.dataset.wordTyping;
  clearTimeout(checking);
  clearTimeout(keeping);
  checking = setTimeout(check, CHECK_AFTER);
  keeping = setTimeout(keep, KEEP_AFTER);
}

/** Put words where the selection is, the way typing does, so that undo takes them back. */
function type(text) {
  box.focus();
  if (!document.execCommand("insertText", false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  typed();
}

// Only what changes is replaced: redoing a replacement that reaches the very end loses its first line in Chromium.
function put(text) {
  const at = box.selectionStart, top = box.scrollTop, old = box.value, least = Math.min(old.length, text.length);
  let before = 0, after = 0;
  while (before < least && old[before] === text[before]) before += 1;
  while (after < least - before && old[old.length - 1 - after] === text[text.length - 1 - after]) after += 1;
  box.focus();
  box.setSelectionRange(before, old.length - after);
  type(text.slice(before, text.length - after));
  box.setSelectionRange(at, at);
  box.scrollTop = top;
}

function goTo(line, column = 1) {
  const lines = box.value.split("\n");
  const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  box.focus();
  box.setSelectionRange(at, at);
  const shown = layer.children[line - 1];
  if (shown) box.scrollTop = Math.max(shown.offsetTop - box.clientHeight / 3, 0);
}

async function insertSet(name) {
  try {
    const answer = await post(root.dataset.setUrl, { text: box.value, set: name });
    put(answer.text);
    goTo(answer.line);
  } catch (error) {
    toast(error.message, { state: "no" });
  }
}

async function fix(button) {
  const { code, line, column } = button.dataset;
  button.disabled = true;
  try {
    const answer = await post(root.dataset.fixUrl, { text: box.value, code, line, column });
    put(answer.text);
    goTo(Math.min(Number(line), answer.text.split("\n").length));
  } catch (error) {
    toast(error.message, { state: "no" });
    button.disabled = false;
  }
}

root.addEventListener("click", (event) => {
  const target = event.target.closest("[data-goto], [data-fix], [data-insert], [data-insert-set], [data-word]");
  if (!target) return;
  if (target.matches("[data-goto]")) { event.preventDefault(); goTo(Number(target.dataset.goto), Number(target.dataset.column ?? 1)); }
  else if (target.matches("[data-fix]")) fix(target);
  else if (target.matches("[data-word]")) type(target.dataset.word);
  else if (target.matches("[data-insert]")) {
    const line = box.value.slice(0, box.selectionStart).split("\n").pop();
    type((line.trim() ? "\n" : "") + target.dataset.insert + "\n");
  } else insertSet(target.dataset.insertSet);
  target.closest("details")?.removeAttribute("open");
});
document.getElementById("script-form").addEventListener("submit", (event) => { event.preventDefault(); keep(); });
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); keep(); }
});
box.addEventListener("input", typed);
box.addEventListener("scroll", () => { layer.scrollTop = box.scrollTop; });
new ResizeObserver(() => { layer.style.height = `${box.offsetHeight}px`; paint(); }).observe(box);
window.addEventListener("beforeunload", (event) => { if (box.value !== saved) event.preventDefault(); });
paint();
check();
