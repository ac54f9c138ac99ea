// The knowledge base beside a call: search, read and go back without leaving it. What is looked up is told to the
// console by a "lookup" event, so that it stands in the log of the call.
const root = document.getElementById("console"), side = document.getElementById("knowledge");
const box = document.getElementById("knowledge-term"), list = document.getElementById("knowledge-hits");
const text = document.getElementById("knowledge-text"), button = document.getElementById("knowledge-open");
const PAUSE = 250, TOLD_AFTER = 900;
let waiting = null, telling = null, latest = 0, told = null, before = null;

const tell = (query) => {
  clearTimeout(telling);
  if (query === told) return;
  told = query;
  root.dispatchEvent(new CustomEvent("lookup", { detail: query.slice(0, 200) }));
};

async function fragment(address) {
  const mine = ++latest;
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok && mine === latest ? answer.text() : null;
}

async function find() {
  const term = box.value.trim();
  const html = await fragment(`${side.dataset.search}?${new URLSearchParams({ q: term, queue: side.dataset.queue })}`).catch(() => null);
  if (html === null) return;
  list.innerHTML = html; // drawn and escaped by the server
  showList();
  clearTimeout(telling);
  if (term) telling = setTimeout(() => tell(term), TOLD_AFTER); // a word still being typed isn't a look-up
}

// Keys that choose wait for the list of what is typed by now, never choose from the list before it.
let finding = Promise.resolve();
function look() {
  clearTimeout(waiting);
  waiting = null;
  finding = find();
  return finding;
}
const settled = () => (waiting ? look() : finding);

function showList() {
  list.hidden = false;
  text.hidden = true;
}

async function read(hit) {
  const html = await fragment(hit.dataset.article).catch(() => null);
  if (html === null) return;
  text.innerHTML = html; // the same
  list.hidden = true;
  text.hidden = false;
  text.querySelector("h3")?.focus();
  tell(hit.dataset.title);
}

function open() {
  if (root.dataset.phase === "offline" || root.dataset.phase === "ringing") return;
  if (!side.hidden) return close();
  before = document.activeElement;
  side.hidden = false;
  button.setAttribute("aria-expanded", "true");
  box.focus();
  box.select();
  if (!list.childElementCount) look();
}

function close() {
  side.hidden = true;
  button.setAttribute("aria-expanded", "false");
  (before?.isConnected ? before : button).focus();
}

button.addEventListener("click", open);
document.getElementById("knowledge-close").addEventListener("click", close);
box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, PAUSE); });
document.getElementById("knowledge-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await settled();
  const first = list.querySelector("[data-article]");
  if (first && !list.hidden) read(first);
});
side.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-article]");
  if (hit) return void read(hit);
  if (event.target.closest("[data-back]")) { showList(); box.focus(); }
  const link = event.target.closest("a[href]");
  if (link) { link.target = "_blank"; link.rel = "noopener"; } // the call goes on here
});
document.addEventListener("keydown", (event) => {
  if (event.key === "F2") { event.preventDefault(); open(); }
  if (side.hidden || !side.contains(event.target)) return;
  if (event.key === "Escape") { event.preventDefault(); if (text.hidden) close(); else { showList(); box.focus(); } }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || list.hidden) return;
  event.preventDefault();
  step(event.target, event.key === "ArrowDown" ? 1 : -1);
});

async function step(from, by) {
  if (from === box) await settled();
  const stops = [box, ...list.querySelectorAll("[data-article]")];
  stops[Math.min(Math.max(stops.indexOf(from) + by, 0), stops.length - 1)].focus();
}
