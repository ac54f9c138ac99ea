// The assessor's tablet: every tap is kept on the tablet at once and uploaded when there is a network.
import { announce } from "./kit.js";
import { SaveQueue } from "./exams-queue.js";
import { ServerClock, countdown, fill, timeOfDay } from "./exams-clock.js";

const PATIENCE = 8000, SURE = 3000;
const page = document.querySelector("[data-visit]");
const $ = (name) => page.querySelector(`[data-${name}]`);
const all = (name) => [...page.querySelectorAll(`[data-${name}]`)];
const words = JSON.parse(page.dataset.words);
const clock = new ServerClock(page.dataset.now), started = Date.parse(page.dataset.started);
const criteria = all("criterion"), fails = all("fail");
const text = (name, value) => { const node = $(name); if (node && node.textContent !== value) node.textContent = value; };
const marks = (hundredths) => String(Number((hundredths / 100).toFixed(2)));

async function send(taps, epoch) {
  const response = await fetch(page.dataset.save, {
    method: "POST", credentials: "same-origin", keepalive: true, signal: AbortSignal.timeout(PATIENCE), redirect: "error",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: JSON.stringify({ epoch, taps: taps.map(({ item, seq, value, at }) => ({ target: item, seq, value, at })) }),
  });
  const type = response.headers.get("Content-Type") ?? "";
  return { status: response.status, body: type.includes("json") ? await response.json() : null };
}

const queue = new SaveQueue({
  name: `floorready.visit.${page.dataset.visit}`, epoch: Number(page.dataset.epoch), sequence: Number(page.dataset.sequence),
  proof: null, send, changed: show,
});
queue.answered = (state) => {
  clock.set(state.now);
  if (state.closed) { queue.clear(); queue.stop(); location.replace(page.dataset.result); }
  else if (state.epoch > queue.epoch) { queue.stop(); $("cover").hidden = false; }
};

function tap(target, value, options) {
  queue.put(target, { value, at: new Date(clock.now).toISOString() }, options);
  show();
}

/* what was tapped on this tablet and isn't uploaded yet comes back after a reload */
for (const [target, kept] of Object.entries(queue.pending)) {
  const box = page.querySelector(`[data-criterion="${CSS.escape(target)}"] input[value="${CSS.escape(kept.value)}"]`);
  if (box) box.checked = true;
  const fail = page.querySelector(`[data-fail="${CSS.escape(target)}"]`);
  if (fail) noteFail(fail, kept.value === "seen", kept.at);
  if (target === "note") $("note").value = kept.value;
}

criteria.forEach((set) => set.addEventListener("change", (event) => tap(set.dataset.criterion, event.target.value)));
$("note").addEventListener("input", () => tap("note", $("note").value, { soon: false }));
all("remark").forEach((chip) => chip.addEventListener("click", () => {
  const note = $("note"), stamp = timeOfDay(clock.now, page.dataset.zone).slice(0, 5);
  note.value = `${note.value.trimEnd()}${note.value.trim() ? "\n" : ""}${stamp} ${chip.dataset.remark}`;
  tap("note", note.value);
}));

for (const button of fails) {
  let timer = 0;
  button.addEventListener("click", () => {
    if (button.dataset.sure) {
      clearTimeout(timer);
      delete button.dataset.sure;
      const seen = button.getAttribute("aria-pressed") !== "true";
      const at = new Date(clock.now).toISOString();
      noteFail(button, seen, at);
      tap(button.dataset.fail, seen ? "seen" : "unseen");
    } else {
      button.dataset.sure = "true";
      const noted = button.querySelector("[data-noted]"), before = noted.textContent;
      noted.textContent = words.sure;
      announce(words.sure);
      timer = setTimeout(() => { delete button.dataset.sure; noted.textContent = before; }, SURE);
    }
  });
}

function noteFail(button, seen, at) {
  button.setAttribute("aria-pressed", String(seen));
  button.querySelector("[data-noted]").textContent = seen ? fill(words.noted, { time: timeOfDay(at, page.dataset.zone) }) : "";
}

/* adding up, as the server will */
function standing() {
  let points = 0, offered = 0;
  const open = [];
  for (const set of criteria) {
    const chosen = set.querySelector("input:checked");
    if (!chosen) { open.push(set); continue; }
    points += Number(set.dataset.marks) * Number(chosen.dataset.percent);
    offered += Number(set.dataset.marks) * 100;
  }
  const vetoed = fails.some((it) => it.getAttribute("aria-pressed") === "true");
  return { points, offered, open, vetoed, passed: points * 100 >= Number(page.dataset.pass) * Number(page.dataset.outOf) };
}

function needed({ points, open }) {
  if (open.length !== 1) return null;
  const levels = [...open[0].querySelectorAll("input[data-letter]")].reverse();
  const enough = levels.find((it) => (points + Number(open[0].dataset.marks) * Number(it.dataset.percent)) * 100 >= Number(page.dataset.pass) * Number(page.dataset.outOf));
  return enough ? { criterion: open[0].dataset.title, level: enough.dataset.letter } : null;
}

function show() {
  const now = standing(), offline = queue.offlineSince !== null, waiting = queue.size, complete = !now.open.length || now.vetoed;
  text("points", marks(now.points));
  $("points").classList.toggle("ps-struck", now.vetoed);
  text("offered", marks(now.offered));
  text("judged", fill(words.judged, { n: criteria.length - now.open.length }));
  criteria.forEach((set) => set.classList.toggle("now", set === now.open[0]));
  const verdict = $("verdict"), need = needed(now);
  verdict.hidden = !(now.vetoed || need || !now.open.length);
  verdict.className = `pill mb-1 ${now.vetoed ? "is-stop" : need ? "is-soon" : now.passed ? "is-ok" : "is-no"}`;
  verdict.textContent = now.vetoed ? words.vetoed : need ? fill(words.needs, need) : now.passed ? words.passes : words.fails;
  text("missing", now.vetoed ? words.failed : now.open.length ? fill(words.missing, { list: now.open.map((it) => it.dataset.title).join(words.comma) }) : words.complete);
  $("hand-in").disabled = !complete;
  text("final", `${marks(now.points)} / ${marks(Number(page.dataset.outOf))}`);
  text("final-verdict", now.vetoed ? words.vetoed : now.passed ? words.passes : words.fails);

  const last = queue.lastSaved ? timeOfDay(queue.lastSaved.at, page.dataset.zone) : "";
  $("saved").classList.toggle("q", offline || waiting > 0);
  $("saved-ok").hidden = offline || waiting > 0 || !last;
  $("saved-off").hidden = !offline;
  text("saved-text", queue.refused ? words.refused : offline ? fill(words.queued, { n: waiting }) : waiting ? words.saving : last ? words.saved : words.nothing);
  text("saved-time", offline || waiting ? "" : last);
  $("banner").hidden = !offline;
  page.classList.toggle("is-offline", offline);
  text("last", last ? fill(words.last, { time: last }) : "");
  $("wait").hidden = !(offline && waiting);
  text("wait", words.waiting);
}

/* the timer: a help to the assessor, it ends nothing */
const place = `floorready.timer.${page.dataset.visit}`;
let timer = { held: 0, since: null };
try { timer = JSON.parse(localStorage.getItem(place)) ?? timer; } catch { /* starts anew */ }
const held = () => timer.held + (timer.since === null ? 0 : clock.now - timer.since);
$("pause").addEventListener("click", () => {
  timer = timer.since === null ? { held: timer.held, since: clock.now } : { held: held(), since: null };
  try { localStorage.setItem(place, JSON.stringify(timer)); } catch { /* this page remembers */ }
  tick();
});

function tick() {
  const left = Number(page.dataset.seconds) * 1000 - (clock.now - started - held());
  text("clock", (left < 0 ? "+" : "") + countdown(Math.abs(left)));
  $("clock").classList.toggle("t-bad", left < 0);
  $("clock").classList.toggle("t-warn", timer.since !== null);
  $("pause").setAttribute("aria-pressed", String(timer.since !== null));
}

/* dialogs */
const dialogs = { "dialog-scenario": "scenario", "dialog-hand-in": "hand-in", "dialog-break": "break-off" };
for (const [dialog, opener] of Object.entries(dialogs)) {
  $(opener).addEventListener("click", () => $(dialog).showModal());
  $(dialog).querySelector("[data-close]").addEventListener("click", () => $(dialog).close());
}
let ending = false;
$("form").addEventListener("submit", async (event) => {
  if (ending) return;
  event.preventDefault();
  $("confirm").disabled = true;
  $("form").elements.paused.value = Math.round(held() / 1000);
  const empty = await queue.drain(15_000);
  $("confirm").disabled = false;
  if (empty) { ending = true; queue.stop(); $("form").submit(); }
});
$("break-form").addEventListener("submit", () => { queue.stop(); });

window.addEventListener("beforeunload", (event) => { if (queue.size && queue.offlineSince !== null && !ending && !queue.stopped) event.preventDefault(); });
window.addEventListener("pagehide", () => { queue.flush(); });
window.addEventListener("online", () => { queue.flush(); });
window.addEventListener("offline", () => { queue.lost(); });

show();
queue.flush();
setInterval(tick, 250);
setInterval(() => { if (queue.size) queue.flush(); }, 5000);
tick();
page.dataset.ready = "true";
