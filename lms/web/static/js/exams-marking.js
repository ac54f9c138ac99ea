// Marking answers by keys: numbers give points, Enter saves and goes on, arrows move. Saved means on the server's disk.
import { announce } from "./kit.js";
import { fill, timeOfDay } from "./exams-clock.js";

const PATIENCE = 8000;
const page = document.querySelector("[data-marking]");
const words = JSON.parse(page.dataset.words);
const answers = [...page.querySelectorAll("[data-answer]")];
const progress = document.querySelector("[data-progress]");
const drafts = "floorready.marking";
const marks = (hundredths) => String(Number((hundredths / 100).toFixed(2)));

/** Marks typed with at most two decimals as hundredths, full width too; NaN for anything else. */
function hundredths(text) {
  const plain = text.trim().normalize("NFKC");
  return /^\d{1,4}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN;
}

/* what was written and isn't saved survives a reload of the page in this tab */
const kept = JSON.parse(sessionStorage.getItem(drafts) ?? "{}");
function keep(answer) {
  kept[answer.dataset.answer] = {
    points: [...answer.querySelectorAll("[data-points]")].map((it) => it.value), remark: answer.querySelector("[data-remark]").value,
  };
  store();
}
function forget(answer) { delete kept[answer.dataset.answer]; store(); }
function store() { try { sessionStorage.setItem(drafts, JSON.stringify(kept)); } catch { /* a full storage: the page still holds it */ } }

async function post(url, body) {
  return fetch(url, {
    method: "POST", credentials: "same-origin", keepalive: true, signal: AbortSignal.timeout(PATIENCE), redirect: "error",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: JSON.stringify(body),
  });
}

function say(answer, text, look = "") {
  const state = answer.querySelector("[data-state]");
  state.textContent = text;
  answer.dataset.look = look;
}

function pointsOf(answer) {
  const found = {};
  for (const part of answer.querySelectorAll("[data-part]")) {
    const given = hundredths(part.querySelector("[data-points]").value);
    const sound = given >= 0 && given <= Number(part.dataset.outOf);
    part.querySelector("[data-points]").toggleAttribute("aria-invalid", !sound);
    if (!sound) { part.querySelector("[data-points]").focus(); return null; }
    found[part.dataset.part] = given;
  }
  return found;
}

async function save(answer) {
  if (answer.dataset.busy) return;
  const points = pointsOf(answer), remark = answer.querySelector("[data-remark]").value.trim();
  if (!points) { say(answer, words.wrong, "no"); return; }
  const body = JSON.stringify({ points, remark });
  if (answer.dataset.saved === body) { next(answer); return; }
  answer.dataset.busy = "1";
  say(answer, words.saving);
  try {
    const revision = Number(answer.dataset.revision) + 1;
    const response = await post(answer.dataset.save, { points, remark, revision });
    const type = response.headers.get("Content-Type") ?? "";
    if (response.ok && type.includes("json")) {
      const state = await response.json();
      answer.dataset.revision = state.revision;
      answer.dataset.saved = body;
      forget(answer);
      const said = fill(words.saved, { time: timeOfDay(state.at, page.dataset.zone) });
      say(answer, said, "ok");
      announce(said);
      next(answer);
    } else {
      const why = { 409: words.taken, 404: words.taken, 422: words.wrong, 403: words.refused, 401: words.refused, 400: words.refused };
      say(answer, why[response.status] ?? words.failed, "no");
    }
  } catch { say(answer, words.failed, "no"); } finally { delete answer.dataset.busy; show(); }
}

async function skip(answer, note = "") {
  try {
    const response = await post(answer.dataset.skipUrl, { note });
    if (!response.ok) throw new Error(response.status);
    answer.dataset.skipped = "1";
    forget(answer);
    say(answer, words.skipped, "soon");
    next(answer);
  } catch { say(answer, words.failed, "no"); }
  show();
}

function go(answer) {
  if (!answer) { page.querySelector("[data-more]")?.focus(); announce(words.done); return; }
  answer.querySelector("[data-points]").focus({ preventScroll: true });
  answer.scrollIntoView({ block: "center" });
}
const done = (answer) => answer.dataset.saved || answer.dataset.skipped;
function next(answer) {
  const after = answers.slice(answers.indexOf(answer) + 1), before = answers.slice(0, answers.indexOf(answer));
  go([...after, ...before].find((it) => !done(it)));
}

function show() {
  progress.textContent = answers.length ? fill(words.progress, { n: answers.filter((it) => it.dataset.saved).length, all: answers.length }) : "";
}

function addUp(part) {
  const lines = [...part.querySelectorAll("[data-percent]")];
  const percent = lines.filter((it) => it.checked).reduce((sum, it) => sum + Number(it.dataset.percent), 0);
  part.querySelector("[data-points]").value = marks(Math.floor((Number(part.dataset.outOf) * percent) / 100));
}
function share(part, percent) { part.querySelector("[data-points]").value = marks(Math.floor((Number(part.dataset.outOf) * percent) / 100)); }

/* With a rubric a digit ticks its line. Without one it types marks in the field, and gives a share on the buttons. */
function number(event, answer) {
  const part = event.target.closest("[data-part]") ?? answer.querySelector("[data-part]");
  const lines = [...part.querySelectorAll("[data-percent]")], digit = Number(event.key);
  if (!lines.length && event.target.matches("[data-points]")) return false;
  if (digit === 0) { lines.forEach((it) => { it.checked = false; }); share(part, 0); return true; }
  const line = lines[digit - 1], button = part.querySelectorAll("[data-share]")[digit - 1];
  if (line) { line.checked = !line.checked; addUp(part); } else if (button) share(part, Number(button.dataset.share));
  return Boolean(line ?? button);
}

for (const answer of answers) {
  const draft = kept[answer.dataset.answer];
  if (draft) {
    answer.querySelectorAll("[data-points]").forEach((it, place) => { it.value = draft.points[place] ?? ""; });
    answer.querySelector("[data-remark]").value = draft.remark;
  }
  answer.addEventListener("submit", (event) => { event.preventDefault(); save(answer); });
  answer.addEventListener("input", () => keep(answer));
  answer.addEventListener("change", (event) => { if (event.target.matches("[data-percent]")) { addUp(event.target.closest("[data-part]")); keep(answer); } });
  answer.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.share) { share(button.closest("[data-part]"), Number(button.dataset.share)); keep(answer); }
    if (button?.matches("[data-skip]")) skip(answer);
    if (button?.matches("[data-flag-send]")) skip(answer, answer.querySelector("[data-note]").value);
    if (button?.matches("[data-flag]")) {
      const box = answer.querySelector("[data-flag-box]");
      box.hidden = !box.hidden;
      button.setAttribute("aria-expanded", String(!box.hidden));
      if (!box.hidden) answer.querySelector("[data-note]").focus();
    }
  });
  answer.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target;
    if (event.key === "Enter" && field.matches("[data-note]")) { event.preventDefault(); skip(answer, field.value); }
    else if (event.key === "Enter" && !event.shiftKey && !field.matches("button")) { event.preventDefault(); save(answer); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !field.matches("textarea")) {
      event.preventDefault();
      const to = answers[answers.indexOf(answer) + (event.key === "ArrowDown" ? 1 : -1)];
      if (to) go(to);
    } else if (/^\d$/.test(event.key) && !field.matches("textarea, [data-note]") && number(event, answer)) {
      event.preventDefault();
      keep(answer);
    }
  });
}
window.addEventListener("beforeunload", (event) => { if (answers.some((it) => it.dataset.busy)) event.preventDefault(); });
show();
go(answers.find((it) => !done(it)));
