// The exam room: one question in focus, every answer kept on this device at once and shown as saved only when the
// server has it on disk.
import { announce, toast } from "./kit.js";
import { onAnswer, readAnswer, writeAnswer } from "./questions-widgets.js";
import { SaveQueue, handOver } from "./exams-queue.js";
import { ServerClock, countdown, fill, timeOfDay } from "./exams-clock.js";
import { Watch } from "./exams-watch.js";

const MARKS = [10, 5, 1], PATIENCE = 8000;
const SPREAD = 6000; // milliseconds over which a roomful whose time is up together hands in
const room = document.querySelector("[data-room]");
const $ = (name, within = room) => within.querySelector(`[data-${name}]`);
const all = (name) => [...room.querySelectorAll(`[data-${name}]`)];
const words = JSON.parse(room.dataset.words);
const questions = all("question"), links = all("go"), heads = all("section-head");
const clock = new ServerClock(room.dataset.now);
const trial = room.dataset.save === ""; // an author tries the paper: nothing leaves this page
const watched = room.dataset.events !== "", every = watched ? 2000 : 15_000;
let deadline = Date.parse(room.dataset.deadline), current = 1, ending = false, told = new Set();
let standsAt = room.dataset.paused ? Date.parse(room.dataset.paused) : null; // the clock's own time while it is stopped
let watch = null;

const given = (answer) => Array.isArray(answer) ? answer.some((it) => it !== "" && it !== null) : answer !== null && answer !== "" && answer !== undefined;
const widget = (section) => section.querySelector("[data-question-widget]");
const TYPED = "textarea, input:not([type=radio]):not([type=checkbox]):not([type=hidden])";
const controls = (section) => [...widget(section).querySelectorAll("input, textarea, select, button")].filter((it) => !it.disabled && it.offsetParent !== null);
const text = (name, value) => { const node = $(name); if (node && node.textContent !== value) node.textContent = value; };

async function send(saves, _epoch, token) {
  if (trial) {
    const now = new Date(clock.now).toISOString();
    return { status: 200, body: { now, saved: saves.map(({ item, seq }) => ({ item, seq, verdict: "counted", at: now })) } };
  }
  const response = await fetch(room.dataset.save, {
    method: "POST", credentials: "omit", keepalive: true, signal: AbortSignal.timeout(PATIENCE),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Sitting-Token": token },
    body: JSON.stringify({ saves: saves.map(({ item, seq, answer, flag }) => ({ item, seq, answer, flag })) }),
  });
  const type = response.headers.get("Content-Type") ?? "";
  return { status: response.status, body: type.includes("json") ? await response.json() : null };
}

const queue = new SaveQueue({
  name: `floorready.sitting.${room.dataset.sitting}`, epoch: Number(room.dataset.epoch), sequence: Number(room.dataset.sequence),
  proof: room.dataset.token, send, changed: showQueue,
});
queue.answered = take;
if (room.dataset.savedAt) queue.lastSaved = { item: null, at: room.dataset.savedAt };
handOver(queue.leftovers, send); // what another seat overtook is kept too; it counts for nothing

/* the server's word: time, end, whose turn it is */
function take(state) {
  clock.set(state.now);
  const end = Date.parse(state.deadline ?? "");
  if (end && end !== deadline) {
    if (end > deadline && standsAt === null) toast(fill(words.granted, { time: timeOfDay(end, room.dataset.zone) }));
    deadline = end;
    told = new Set(MARKS.filter((mark) => mark * 60_000 >= deadline - clock.now));
    text("ends", timeOfDay(deadline, room.dataset.zone));
  }
  pause(Boolean(state.paused));
  if (state.closed) { watch?.stop(); queue.clear(); queue.stop(); location.replace(room.dataset.result); }
  else if (state.epoch > queue.epoch) cover("seat");
}

/* the invigilator stops the clock: a calm screen, nothing to answer, everything given is still sent */
function pause(stands) {
  if (stands === (standsAt !== null) && $("pause").hidden !== stands) return;
  standsAt = stands ? standsAt ?? clock.now : null;
  $("pause").hidden = !stands;
  all("main-part").forEach((part) => { part.inert = stands; });
  if (stands) { $("dialog").close(); $("pause").focus(); announce(words.paused); }
  else { announce(words.resumed); toast(words.resumed); controls(questions[current - 1])[0]?.focus({ preventScroll: true }); }
}

async function poll() {
  if (queue.stopped || trial) return;
  try {
    const response = await fetch(room.dataset.state, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), headers: { "X-Sitting-Token": queue.proof, Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    const state = await response.json();
    queue.heard();
    take(state);
  } catch { queue.lost(); }
}

/* answering */
const kept = new Map();

function answered(section, soon) {
  const item = Number(section.dataset.question);
  const save = { answer: readAnswer(widget(section)) ?? null, flag: section.dataset.flagged === "true" };
  if (kept.get(item) === JSON.stringify(save)) return;
  kept.set(item, JSON.stringify(save));
  section.dataset.answered = String(given(save.answer));
  queue.put(item, save, { soon });
}

const drafts = queue.pending;
for (const section of questions) {
  const box = widget(section);
  const waiting = drafts[section.dataset.question];
  if (waiting) {
    writeAnswer(box, waiting.answer);
    Object.assign(section.dataset, { answered: String(given(waiting.answer)), flagged: String(waiting.flag) });
  }
  showFlag(section);
  onAnswer(box, () => answered(section, !box.querySelector("input[type=text], textarea")), 0);
  section.querySelector("[data-flag]").addEventListener("click", () => flag(section));
}

function flag(section) {
  section.dataset.flagged = String(section.dataset.flagged !== "true");
  showFlag(section);
  answered(section, true);
}

function showFlag(section) {
  section.querySelector("[data-flag]").setAttribute("aria-pressed", section.dataset.flagged);
}

/* moving about */
let shown = 1, wide = false;

function go(position, { focus = true } = {}) {
  current = Math.min(Math.max(position, 1), questions.length);
  questions[shown - 1].hidden = true;
  links[shown - 1].removeAttribute("aria-current");
  questions[current - 1].hidden = false;
  links[current - 1].setAttribute("aria-current", "true");
  shown = current;
  showHead();
  const list = links[0].parentElement, at = links[current - 1].offsetTop; // a long list of numbers follows
  if (at < list.scrollTop || at > list.scrollTop + list.clientHeight - 40) list.scrollTop = at - list.clientHeight / 2;
  $("back").disabled = current === 1;
  $("next").disabled = current === questions.length;
  sessionStorage.setItem(`floorready.at.${room.dataset.sitting}`, String(current)); // the address would cost 70 ms a move
  if (wide) questions[current - 1].scrollIntoView({ block: "start" });
  else window.scrollTo(0, 0);
  if (focus) controls(questions[current - 1])[0]?.focus({ preventScroll: true });
}

/* all questions on one page: the one in focus is the current one */
function spread(on) {
  wide = on;
  room.classList.toggle("is-all", on);
  $("all").setAttribute("aria-pressed", String(on));
  go(current);
}
$("all").addEventListener("click", () => spread(!wide));
room.querySelector("main").addEventListener("focusin", (event) => {
  const section = wide ? event.target.closest("[data-question]") : null;
  if (!section || Number(section.dataset.question) === current) return;
  questions[shown - 1].hidden = true;
  links[shown - 1].removeAttribute("aria-current");
  current = shown = Number(section.dataset.question);
  section.hidden = false;
  links[current - 1].setAttribute("aria-current", "true");
});

function showHead() { // of the section in which the question stands
  const own = heads.findLast((it) => Number(it.dataset.sectionHead) <= current);
  heads.forEach((it) => { it.hidden = it !== own; });
}

links.forEach((link, index) => link.addEventListener("click", (event) => { event.preventDefault(); go(index + 1); }));
$("back").addEventListener("click", () => go(current - 1));
$("next").addEventListener("click", () => go(current + 1));

/* The choices that number keys mean: those of the part in focus, else of the question's first part that has any. */
function choices(focused) {
  const boxes = (root) => [...root.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const section = questions[current - 1], part = focused.closest("[data-question-widget]");
  if (part && section.contains(part) && !part.querySelector("[data-question-widget]")) return boxes(part);
  const parts = [...section.querySelectorAll("[data-question-widget]")].filter((it) => !it.querySelector("[data-question-widget]"));
  return boxes(parts.find((it) => boxes(it).length) ?? section);
}

/* Enter in a box leads to the question's next box, from its last one to the next question. */
function follow(box) {
  const own = controls(questions[current - 1]), next = own[own.indexOf(box) + 1];
  if (next) next.focus();
  else go(current + 1);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog").open || !$("cover").hidden || standsAt !== null) return;
  const { target, key } = event, moves = key === "ArrowLeft" || key === "ArrowRight";
  const ours = target.matches(TYPED) ? (moves && target.value === "") || (key === "Enter" && target.matches("input")) // an empty box has nothing to move in
    : target.matches("select") ? moves : !target.matches("audio");
  if (!ours || event.isComposing) return;
  const options = choices(target);
  if (moves) go(current + (key === "ArrowRight" ? 1 : -1));
  else if (key === "Enter" && target.matches(TYPED)) follow(target);
  else if (key === "m" || key === "M") flag(questions[current - 1]);
  else if (/^[1-9]$/.test(key) && options[key - 1]) { options[key - 1].focus(); options[key - 1].click(); }
  else return;
  event.preventDefault();
}, true);

/* showing how things stand */
function showLinks() {
  const pending = queue.pending;
  questions.forEach((section, index) => {
    const done = section.dataset.answered === "true", flagged = section.dataset.flagged === "true", queued = index + 1 in pending;
    const link = links[index], state = `${done} ${flagged} ${queued} ${queue.offlineSince !== null}`;
    if (link.dataset.state === state) return; // with a thousand questions only what changed is touched
    link.dataset.state = state;
    link.classList.toggle("a", done);
    link.classList.toggle("f", flagged);
    link.classList.toggle("q", queued && queue.offlineSince !== null);
    const about = [fill(words.label, { n: index + 1 }), done ? words.label_answered : words.label_open];
    if (flagged) about.push(words.label_flagged);
    if (queued) about.push(words.label_queued);
    link.setAttribute("aria-label", about.join(", "));
  });
  text("count", fill(words.answered, { n: questions.filter((it) => it.dataset.answered === "true").length }));
}

function showQueue() {
  const offline = queue.offlineSince !== null, waiting = queue.size, last = queue.lastSaved;
  $("saved").classList.toggle("q", offline || waiting > 0);
  $("saved-ok").hidden = offline || waiting > 0 || !last;
  $("saved-off").hidden = !offline;
  if (queue.refused) text("saved-text", words.refused);
  else if (offline) text("saved-text", fill(words.queued, { n: waiting }) + (last ? ` · ${words.last}` : ""));
  else if (waiting) text("saved-text", words.saving);
  else text("saved-text", !last ? words.nothing : last.item ? fill(words.saved, { n: last.item }) : words.saved_short);
  text("saved-time", last && (offline || !waiting) ? timeOfDay(last.at, room.dataset.zone) : "");
  room.classList.toggle("is-offline", offline);
  $("banner").hidden = !offline;
  $("legend-queued").hidden = !offline;
  text("banner-kept", waiting ? fill(words.kept, { n: waiting }) : words.kept_none);
  showLinks();
  showDialog();
}

function tick() {
  const left = deadline - (standsAt ?? clock.now);
  text("clock", countdown(left));
  $("clock").classList.toggle("t-bad", left <= 60_000);
  text("server-time", timeOfDay(clock.now, room.dataset.zone));
  if (queue.offlineSince !== null) {
    const away = Math.round((performance.now() - queue.offlineSince) / 1000);
    const length = away < 60 ? fill(words.seconds, { s: away }) : fill(words.minutes, { m: Math.floor(away / 60), s: away % 60 });
    text("banner-text", fill(words.offline, { time: length }));
  }
  if (standsAt !== null) return;
  for (const mark of MARKS) {
    if (left <= mark * 60_000 && left > 0 && !told.has(mark)) {
      told.add(mark);
      const sentence = mark === 1 ? words.left_one : fill(words.left, { n: mark });
      if (left > (mark * 60_000) - 20_000) { toast(sentence, { seconds: 10 }); announce(sentence); }
    }
  }
  if (left <= 0 && !ending) timeIsUp();
}

/* handing in */
function showDialog() {
  const open = questions.filter((it) => it.dataset.answered !== "true").length;
  text("dialog-text", open ? fill(words.unanswered, { n: open }) : words.all_answered);
  $("dialog-wait").hidden = queue.offlineSince === null || !queue.size;
  text("dialog-wait", words.waiting);
}

all("hand-in").forEach((button) => button.addEventListener("click", () => { showDialog(); $("dialog").showModal(); }));
$("keep").addEventListener("click", () => $("dialog").close());
$("form").addEventListener("submit", async (event) => {
  if (ending) return;
  event.preventDefault();
  $("confirm-hand-in").disabled = true;
  if (await queue.drain(20_000)) handIn();
  else $("confirm-hand-in").disabled = false;
});

function handIn() {
  ending = true;
  queue.stop();
  watch?.stop();
  if (trial) location.assign(room.dataset.result);
  else $("form").submit();
}

async function timeIsUp() {
  ending = true;
  toast(words.over, { seconds: 60 });
  announce(words.over);
  document.activeElement?.blur();
  room.querySelectorAll("main input, main textarea, main select, main button").forEach((it) => { it.disabled = true; });
  while (!(await queue.drain(5000)) && !queue.refused) await new Promise((done) => setTimeout(done, 1000));
  await new Promise((done) => setTimeout(done, trial ? 0 : Math.random() * SPREAD)); // every answer is there already
  handInWhenHeard();
}

async function handInWhenHeard() {
  if (trial) { handIn(); return; }
  await poll();
  if (queue.stopped) return;
  if (standsAt !== null || deadline - clock.now > 1000) { location.reload(); return; } // time was given in the last moment
  if (queue.offlineSince === null) handIn();
  else setTimeout(handInWhenHeard, 2000);
}

/* one tab at a time, one seat at a time */
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-"), place = `floorready.tab.${room.dataset.sitting}`;
function claim() { try { localStorage.setItem(place, tab); } catch { /* no storage, no second tab that could know */ } }
window.addEventListener("storage", (event) => { if (event.key === place && event.newValue && event.newValue !== tab) cover("tab"); });

function cover(why) {
  queue.stop();
  watch?.stop();
  if (why === "seat") handOver({ pending: queue.pending, epoch: queue.epoch, proof: queue.proof }, send).then(() => queue.clear());
  for (const kind of ["tab", "seat"]) all(`cover-${kind}`).forEach((node) => { node.hidden = kind !== why; });
  $("claim").hidden = false;
  $("cover").hidden = false;
  $("claim").focus();
}
$("claim").addEventListener("click", (event) => { event.preventDefault(); location.reload(); });

window.addEventListener("beforeunload", (event) => { if (queue.size && queue.offlineSince !== null && !ending && !queue.stopped) event.preventDefault(); });
window.addEventListener("pagehide", () => { if (trial) queue.clear(); else queue.flush(); });
window.addEventListener("online", () => { poll(); });
window.addEventListener("offline", () => { queue.lost(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });

claim();
told = new Set(MARKS.filter((mark) => mark * 60_000 >= deadline - clock.now));
go(Number(location.hash.replace("#q", "") || sessionStorage.getItem(`floorready.at.${room.dataset.sitting}`)) || 1, { focus: false });
showQueue();
queue.flush();
setInterval(tick, 250);
tick();
setInterval(poll, every);
if (watched) {
  watch = new Watch({
    address: room.dataset.events, name: `floorready.watch.${room.dataset.sitting}.${room.dataset.epoch}`, token: queue.proof, position: () => current,
  });
  const full = $("full");
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {}));
}
if (standsAt !== null) pause(true);
room.dataset.ready = "true";
