// The console of a simulated call. The server owns the call: this shows what it is told and sends moves, each with
// its own number, so that a repeated request is the same move. Times are read from the page's monotonic clock.
import { CallerVoice } from "./caller-voice.js";
import { VoicePanel } from "./calls-voice.js";
import { getJSON, post, toast } from "./kit.js";

const $ = (id) => document.getElementById(id);
const root = $("console"), words = $("words").dataset;
const POLL_MS = 700, RING_MS = 5000;
let run = root.dataset.run || "", shown = null, origin = 0, sequence = 1, mode = "type", heard = 0, sending = Promise.resolve();
let typing = false, drawnRings = -1, poller = null, audio = null, over = false, wake = null, stood = { at: "", said: 0 };

const elapsed = () => Math.max(0, Math.round(performance.now() - origin));
const clockText = (ms) => `${String(Math.floor(ms / 60000)).padStart(2, "0")}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, key) => values[key]);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const caller = new CallerVoice(() => root.dataset.lines.replace("CALL", root.dataset.id));
const voice = new VoicePanel(root, {
  move,
  mayTalk: () => shown?.phase === "talking" && !over,
  ask: askRecogniser,
  hush: () => { if (caller.stop()) move("interrupted"); },
  type: () => setMode("type"),
  changed: () => shown && drawOptions(shown),
});

/* ── the line to the server ───────────────────────────────────── */
async function goOnline() {
  audio ??= new AudioContext();
  audio.resume();
  $("online").disabled = true;
  let answer;
  try {
    answer = run ? await getJSON(`${run}/state`) : root.dataset.live ? await invited(root.dataset.live) : await post(root.dataset.start, { purpose: root.dataset.purpose, voice: voice.on });
  } catch (error) {
    $("online").disabled = false; // nothing rang: it can be tried again
    return void (error.status && toast(error.message, { state: "no" }));
  }
  run = answer.resume;
  if (!root.dataset.live) history.replaceState(null, "", run);
  take(answer);
  poller = setInterval(poll, POLL_MS);
}

// A live call rings when the trainer who plays the caller lets it.
async function invited(live) {
  $("offline-text").querySelector("p").textContent = words.invited;
  let found = await post(`${live}/ready`, {});
  root.dispatchEvent(new Event("moved"));
  while (!found.run) {
    if (found.report) location.replace(found.report);
    await new Promise((done) => {
      wake = done;
      setTimeout(done, 1000);
    });
    found = await getJSON(`${live}/state`).catch(() => found);
  }
  return getJSON(`${found.run}/state`);
}
root.addEventListener("poke", () => {
  wake?.();
  poll();
});

root.addEventListener("send", (event) => shown?.phase === "talking" && !over && move(event.detail.kind, event.detail.data));

async function poll() {
  if (over || !shown) return;
  try {
    take(await getJSON(`${run}/state`));
    $("dropped").hidden = true;
  } catch {
    $("dropped").hidden = false;
  }
}

// Moves go one after the other; one that got no answer is sent again under its own number.
function move(kind, data = {}) {
  const body = { kind, data, client_ms: elapsed(), client_seq: sequence++ };
  sending = sending.then(() => deliver(body));
  return sending;
}

// The recogniser's words are the move; where it hears none, a sign of life takes the number.
function askRecogniser(url, span) {
  const numbers = { client_ms: elapsed(), client_seq: sequence++ };
  const asked = sending.then(() => post(url, { ...span, ...numbers }).catch(() => ({})));
  sending = asked.then((answer) => answer.state ? take(answer) : deliver({ kind: "heartbeat", data: {}, ...numbers }));
  return asked.then((answer) => Boolean(answer.state));
}

async function deliver(body) {
  for (let attempt = 0; attempt < 6 && !over; attempt += 1) {
    try {
      take(await post(`${run}/events`, body));
      root.dispatchEvent(new Event("moved"));
      refuse("");
      $("dropped").hidden = true;
      return true;
    } catch (error) {
      if (error.status === 409 || error.status === 422) {
        if (error.body?.state) take(error.body);
        refuse(error.body?.refused || "unknown");
        return false;
      }
      $("dropped").hidden = false;
      await new Promise((done) => setTimeout(done, 400 * (attempt + 1)));
    }
  }
  return false;
}

function refuse(code) {
  const quiet = !code || ["ended", "bad_sequence"].includes(code);
  $("refusal").hidden = quiet;
  $("refusal").textContent = quiet ? "" : words[`refused${code[0].toUpperCase()}${code.slice(1)}`] || words[`refused-${code}`] || words.refused;
}

function take(answer) {
  const state = answer.state, was = shown;
  if (!origin || Math.abs(elapsed() - state.elapsed_ms) > 1500) origin = performance.now() - state.elapsed_ms;
  sequence = Math.max(sequence, state.next_client_seq);
  shown = { ...state, voices: answer.voices || [] };
  root.dataset.id = answer.id;
  draw(shown, was);
  if (state.ended && !over) {
    over = true;
    clearInterval(poller);
    $("clock").textContent = words.ended;
    caller.stop();
    const waits = [new Promise((done) => setTimeout(done, 1200)), voice.finish()];
    root.dispatchEvent(new CustomEvent("over", { detail: waits }));
    Promise.allSettled(waits).then(() => location.replace(answer.report));
  }
}

/* ── drawing ──────────────────────────────────────────────────── */
function draw(state, was) {
  const talking = state.phase !== "ringing";
  root.dataset.phase = state.phase;
  $("online").hidden = true;
  $("offline-text").hidden = true;
  $("leave").hidden = true;
  $("main").hidden = talking;
  $("talk").hidden = !talking;
  $("ring-text").hidden = talking;
  if ($("speak")) $("speak").hidden = true;
  $("answer").hidden = talking;
  $("number").textContent = $("ring-number").textContent = state.caller_number || words.dash;
  if (!talking) return drawRings(state);
  if (was?.phase === "ringing" || !was) {
    if (voice.on) setMode("voice");
    else $("reply").focus();
    voice.begin(root.dataset.id);
  }
  drawControls(state);
  drawTranscript(state);
  drawFacts(state);
  drawFields(state);
  drawHints(state);
  drawOptions(state);
  drawStuck(state);
}

function drawRings(state) {
  if (!was(state.ring_count)) return;
  $("rings").replaceChildren(...Array.from({ length: state.max_rings }, (_, i) => element("i", { className: i < state.ring_count ? "y" : "" })));
  $("ring-count").textContent = fill(words.ring, { n: state.ring_count });
  $("rings").setAttribute("aria-label", $("ring-count").textContent);
  ring();
  if (document.activeElement === document.body || document.activeElement === $("online")) $("answer").focus();
}
const was = (rings) => drawnRings !== rings && ((drawnRings = rings), true);

function drawControls(state) {
  const offered = new Map(state.actions.map((action) => [action.code, action]));
  document.querySelectorAll("[data-action]").forEach((button) => {
    button.hidden = !offered.has(button.dataset.action);
  });
  if (offered.has("hold") && offered.has("resume")) {
    document.querySelector("[data-action=hold]").hidden = state.phase === "held";
    document.querySelector("[data-action=resume]").hidden = state.phase !== "held";
  }
  $("hangup").hidden = false;
}

function drawTranscript(state) {
  const log = $("log");
  for (const line of state.transcript.slice(log.childElementCount)) {
    const who = line.who === "me" ? words.me : line.who === "caller" ? words.caller : "";
    log.append(line.who === "note"
      ? element("div", { className: "ev", textContent: line.text })
      : element("div", { className: `ln ${line.who === "me" ? "me" : ""}` }, element("time", { textContent: clockText(line.at_ms) }),
        element("span", { className: "w", textContent: who }), element("p", { textContent: line.text || words.unwritten })));
    log.scrollTop = log.scrollHeight;
  }
  // The caller's sentence lasts as long as it takes to say; replies are timed from its end.
  state.transcript.forEach((line, index) => {
    if (index < heard) return;
    heard = index + 1;
    if (line.who !== "caller") return;
    typing = false;
    caller.play(index, { sounds: root.dataset.lines && state.voices?.includes(index), silentFor: Math.max(0, (state.speaking_until_ms || 0) - elapsed()),
      begun: () => over || move("prompt_started", { line: index }), ended: () => over || move("prompt_ended", { line: index }) });
  });
}

function drawFacts(state) {
  $("mood").hidden = !state.mood;
  $("mood").textContent = fill(words.mood, { n: state.mood });
  $("nothing-known").hidden = state.facts.length > 0;
  $("known").replaceChildren(...state.facts.flatMap((fact) => [element("dt", { textContent: fact.name }), element("dd", { textContent: fact.value })]));
  const timers = state.deadlines || [];
  $("deadlines").hidden = !timers.length;
  $("timers").replaceChildren(...timers.flatMap((timer) => [element("span", { textContent: timer.title }),
    element("span", { className: timer.left_ms < 10000 ? "num late" : "num", textContent: timer.left_ms > 0 ? fill(words.left, { n: Math.ceil(timer.left_ms / 1000) }) : words.late })]));
}

function drawFields(state) {
  const form = $("fields");
  if (form.childElementCount || !state.fields.length) return;
  $("ticket-saved").textContent = "";
  state.fields.forEach((field, index) => form.append(fieldset(field, index)));
}

function fieldset(field, index) {
  const id = `field-${index}`;
  if (!field.options?.length) {
    const input = element(field.kind === "address" || field.kind === "地址" ? "textarea" : "input", { id, className: "form-control", value: field.value || "", name: field.name });
    input.addEventListener("change", () => commit(field.name, input.value));
    return element("div", {}, element("label", { className: "form-label", htmlFor: id, textContent: field.name }), input);
  }
  const row = element("div", { className: "radio-row" });
  for (const option of field.options) {
    const input = element("input", { className: "form-check-input m-0", type: "radio", name: field.name, value: option, checked: field.value === option });
    input.addEventListener("change", () => commit(field.name, option));
    row.append(element("label", { className: "row-f" }, input, document.createTextNode(` ${option}`)));
  }
  return element("fieldset", {}, element("legend", { className: "form-label", textContent: field.name }), row);
}

async function commit(name, value) {
  const said = await move("field_committed", { name, value });
  if (said) $("ticket-saved").textContent = fill(words.saved, { t: clockText(elapsed()) });
}

function drawHints(state) {
  const look = { met: ["y", "✓ "], late: ["n", "! "], failed: ["n", "✗ "], open: ["", "· "] };
  $("hints").replaceChildren(...(state.hints || []).map((hint) => element("span", { className: look[hint.state]?.[0] ?? "", textContent: (look[hint.state]?.[1] ?? "") + hint.title })));
}

// In practice, somebody whose two last replies brought nothing is shown a way on.
function drawStuck(state) {
  if (!$("stuck")) return;
  const said = state.transcript.filter((line) => line.who === "me").length;
  const at = JSON.stringify([(state.options || []).map((option) => option.text).sort(), state.facts.length, (state.hints || []).filter((hint) => hint.state === "met").length]);
  if (at !== stood.at) stood = { at, said };
  $("stuck").hidden = said - stood.said < 2 || mode === "choose" || !state.modes.includes("choose");
}

function drawOptions(state) {
  const choices = state.options || [];
  $("modes").hidden = !state.modes.includes("choose") && !voice.on;
  if ($("modes").hidden) mode = "type";
  document.querySelector("[data-panel=voice]").hidden = !voice.on;
  document.querySelector("[data-panel=choose]").hidden = !state.modes.includes("choose");
  showPanel();
  const key = choices.map((choice) => choice.id).join();
  if ($("choose").dataset.key === key) return;
  $("choose").dataset.key = key;
  $("choose").replaceChildren(...choices.map((choice, index) => {
    const button = element("button", { type: "button", className: "pick" }, element("kbd", { textContent: index + 1 }), element("span", { textContent: choice.text }));
    button.addEventListener("click", () => choose(choice.id));
    return button;
  }));
}

// After speaking, the words are picked or typed: they lead the call on, and carry what was recorded.
function showPanel() {
  const spoken = mode === "voice" && voice.span;
  $("speech").hidden = mode !== "voice";
  $("type").hidden = mode !== "type" && !spoken;
  $("choose").hidden = mode !== "choose" && !(spoken && shown?.options?.length);
}

function setMode(wanted) {
  mode = wanted;
  document.querySelectorAll("[data-panel]").forEach((other) => other.setAttribute("aria-pressed", other.dataset.panel === mode));
  showPanel();
}

async function choose(option) {
  const said = await move("choice", mode === "voice" && voice.span ? { option, ...voice.span } : { option });
  if (said && voice.span) voice.done();
}

/* ── sound: a ring tone of the page's own (450 Hz, one second) ──── */
function ring() {
  if (audio?.state !== "running") return;
  const tone = audio.createOscillator(), volume = audio.createGain();
  tone.frequency.value = 450;
  volume.gain.value = 0.08;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + Math.min(1, RING_MS / 1000));
}

/* ── hands ────────────────────────────────────────────────────── */
$("online").addEventListener("click", goOnline);
$("answer").addEventListener("click", () => move("answered"));
$("hangup").addEventListener("click", () => move("hangup"));
$("type").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
async function say() {
  const box = $("reply"), text = box.value.trim();
  if (!text) return;
  box.value = "";
  typing = false;
  const spoken = mode === "voice" ? voice.span : null;
  const said = await move("utterance", spoken ? { mode: "voice", text, ...spoken } : { mode: "type", text });
  if (!said && !box.value) box.value = text; // refused: nothing typed is lost
  if (said && spoken) voice.done();
  (said && spoken ? $("talk-key") : box).focus();
}
$("reply").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    say();
  }
});
$("reply").addEventListener("input", () => {
  if (typing || !shown || over || mode === "voice") return;
  typing = true;
  move("input_started", { mode: "type" });
});
document.querySelectorAll("[data-panel]").forEach((button) => button.addEventListener("click", () => setMode(button.dataset.panel)));
$("stuck-choose")?.addEventListener("click", () => {
  setMode("choose");
  $("stuck").hidden = true;
  $("choose").querySelector("button")?.focus();
});
$("online-voice")?.addEventListener("click", async () => {
  $("online-voice").disabled = true;
  if (await voice.open()) goOnline();
  $("online-voice").disabled = voice.on;
});

function press(code) {
  const action = shown?.actions.find((offered) => offered.code === code);
  if (!action) return;
  if (!action.targets?.length) return void move("action", { name: code });
  $("target-list").replaceChildren(...action.targets.map((target) => {
    const button = element("button", { type: "submit", className: "btn btn-primary", textContent: target, value: target });
    button.addEventListener("click", () => move("action", { name: code, target }));
    return button;
  }));
  $("targets").showModal();
}
document.querySelectorAll("[data-action]:not([data-action=kb_open])").forEach((button) => button.addEventListener("click", () => press(button.dataset.action)));
root.addEventListener("lookup", (event) => over || move("action", { name: "kb_open", query: event.detail }));

document.addEventListener("keydown", (event) => {
  if (!shown || over) return;
  const typingNow = /INPUT|TEXTAREA|SELECT/.test(event.target.tagName);
  const keys = { F4: () => press(shown.phase === "held" ? "resume" : "hold"), F6: () => press("transfer"), F7: () => press("callback"), F8: () => press("dispatch"), F10: () => move("hangup") };
  if (shown.phase === "ringing" && event.key === " " && !typingNow) {
    event.preventDefault();
    if (!event.repeat) move("answered");
  } else if (keys[event.key] && shown.phase !== "ringing") {
    event.preventDefault();
    keys[event.key]();
  } else if (!$("choose").hidden && !typingNow && /^[1-9]$/.test(event.key)) {
    $("choose").children[Number(event.key) - 1]?.click();
  }
});
document.querySelectorAll("[data-tabto]").forEach((link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  root.dataset.tab = link.dataset.tabto;
  document.querySelectorAll("[data-tabto]").forEach((other) => (other === link ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current")));
}));
document.addEventListener("visibilitychange", () => {
  if (document.hidden && shown && !over && shown.phase !== "ringing") move("focus_lost");
});
setInterval(() => {
  if (shown && !over) $("clock").textContent = clockText(elapsed());
}, 250);
for (const way of ["online", "online-voice"]) if ($(way)) $(way).disabled = false; // a click before this would be lost
