// The page of whoever plays the caller of a live call, and of whoever reads along. The server owns the call: this shows
// what it is told and sends acts, each under a key of its own, so that a repeated request is the same act.
import { getJSON, post } from "./kit.js";
import { openLine, presence } from "./live-line.js";
import { Voices } from "./live-voice.js";

const $ = (id) => document.getElementById(id);
const root = $("live"), words = $("words").dataset, bar = $("live-voice"), url = root.dataset.url;
const leads = root.dataset.part === "trainer", LOOK_MS = 1000;
let call = null, callId = "", origin = 0, over = false, cues = [], drawnRings = 0, looking = null, sending = Promise.resolve();

const clockText = (ms) => `${String(Math.floor(ms / 60000)).padStart(2, "0")}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/* ── the line to the server ───────────────────────────────────── */
const shown = presence(bar);
const voices = new Voices(bar, { root, line: () => line, call: async () => callId });
const line = openLine(url, {
  poke: () => look(),
  present: (parts) => {
    shown.present(parts);
    voices.greet(parts);
  },
  down: shown.down,
  signal: (message) => voices.signal(message),
});

async function look() {
  if (over || looking) return;
  looking = getJSON(`${url}/state`);
  try {
    take(await looking);
    $("dropped").hidden = true;
  } catch (error) {
    if (error.status === 404) location.reload();
    $("dropped").hidden = false;
  } finally {
    looking = null;
  }
}

// Acts go one after the other; one that got no answer is sent again under its own key.
function act(kind, data) {
  const body = { kind, data: { ...data, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } };
  sending = sending.then(() => deliver(`${url}/leads`, body));
  return sending;
}

async function deliver(address, body) {
  for (let attempt = 0; attempt < 6 && !over; attempt += 1) {
    try {
      take(await post(address, body));
      refuse("");
      line.poke();
      return true;
    } catch (error) {
      if (error.status) {
        if (error.body?.stage) take(error.body);
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
  if (!leads) return;
  $("refusal").hidden = !code;
  $("refusal").textContent = code ? words[`refused-${code}`] || words[`refused${code[0].toUpperCase()}${code.slice(1)}`] || words.refused : "";
}

function take(answer) {
  root.dataset.stage = answer.stage;
  if (answer.report) return end(answer.report);
  if (!answer.call) return drawWaiting(answer);
  call = answer.call;
  callId = answer.call_id;
  root.dataset.phase = call.phase;
  if (!origin || Math.abs(performance.now() - origin - call.elapsed_ms) > 1500) origin = performance.now() - call.elapsed_ms;
  $("main").hidden = call.phase !== "ringing";
  $("talk").hidden = call.phase === "ringing";
  drawCaller(answer.prompter);
  if (answer.prompter) drawPrompter(answer.prompter);
  if (call.phase === "ringing") return drawRinging();
  drawTranscript();
  if (leads) ["hangup", "slam"].forEach((id) => { $(id).hidden = false; });
  $("leave").hidden = leads;
}

function end(report) {
  if (over) return;
  over = true;
  clearInterval(timer);
  line.poke();
  $("clock").textContent = words.ended;
  Promise.allSettled([voices.finish(), new Promise((done) => setTimeout(done, 800))]).then(() => {
    line.close();
    location.replace(report);
  });
}

/* ── drawing ──────────────────────────────────────────────────── */
function drawWaiting(answer) {
  if (answer.prompter) drawRole(answer.prompter), drawPrompter(answer.prompter);
  if (answer.stage !== "ready") return;
  $("wait-title").textContent = fill(words.here, { name: words.name });
  if (!leads) return;
  $("wait-text").textContent = words.ready;
  $("ring").disabled = false;
}

function drawRinging() {
  if (drawnRings === call.ring_count) return;
  drawnRings = call.ring_count;
  $("wait-title").textContent = fill(words.rings, { n: call.ring_count });
  $("wait-text").textContent = words.answers;
  $("leave").hidden = leads;
  if (!leads) return;
  $("ring").hidden = true;
  $("off").hidden = true;
}

function drawTranscript() {
  const log = $("log");
  for (const said of call.transcript.slice(log.childElementCount)) {
    const who = said.who === "me" ? words.me : said.who === "caller" ? words.caller : "";
    log.append(said.who === "note"
      ? element("div", { className: "ev", textContent: said.text })
      : element("div", { className: `ln ${said.who === "me" ? "me" : ""}` }, element("time", { textContent: clockText(said.at_ms) }),
        element("span", { className: "w", textContent: who }), element("p", { textContent: said.text || words.unwritten })));
    log.scrollTop = log.scrollHeight;
  }
}

function drawCaller(prompter) {
  document.querySelectorAll("[data-mood]").forEach((button) => button.setAttribute("aria-pressed", Number(button.dataset.mood) === call.mood));
  if ($("mood")) $("mood").textContent = fill(words.mood, { n: call.mood });
  drawRole(prompter ?? { facts: call.facts, ticket: call.fields });
  $("hint-box").hidden = !call.hints.length;
  const look = { met: ["y", "✓ "], late: ["n", "! "], failed: ["n", "✗ "], open: ["", "· "] };
  $("hints").replaceChildren(...call.hints.map((hint) => element("span", { className: look[hint.state]?.[0] ?? "", textContent: (look[hint.state]?.[1] ?? "") + hint.title })));
}

function drawRole({ facts, ticket }) {
  $("known").replaceChildren(...facts.flatMap((fact) => [element("dt", { textContent: fact.name }),
    element("dd", {}, fact.value, ...(fact.told ? [element("span", { className: "xs told", textContent: ` ✓ ${words.told}` })] : []))]));
  $("ticket-now").replaceChildren(...ticket.flatMap((field) => [element("dt", { textContent: field.name }),
    element("dd", {}, field.value || words.dash, ...(field.answer && field.answer !== field.value
      ? [element("span", { className: "xs sub", textContent: fill(words.should, { value: field.answer }) })] : []))]));
}

function drawPrompter(prompter) {
  const key = JSON.stringify([prompter.node, prompter.cues, prompter.ready, prompter.facts, talking()]);
  if ($("cues").dataset.key === key) return;
  $("cues").dataset.key = key;
  $("place").textContent = prompter.name + (prompter.ends ? ` · ${words.ends}` : "");
  $("places").replaceChildren(element("option", { value: "", textContent: words.jump }),
    ...prompter.places.map((place) => element("option", { value: place.key, textContent: place.name + (prompter.ready.includes(place.key) ? ` · ${words.next}` : place.ends ? ` · ${words.ends}` : "") })));
  const ways = prompter.ready.map((place) => ({ kind: "node", node: place, reply: "", says: [], gives: [], to: prompter.places.find((other) => other.key === place).name, heard: true, used: false }));
  cues = [...ways, ...prompter.cues.map((cue) => ({ ...cue, node: prompter.node }))];
  $("cues").replaceChildren(...cues.map(cueButton));
  drawTells(prompter.facts);
}

const talking = () => Boolean(call) && call.phase !== "ringing";

function cueButton(cue, index) {
  const more = [...(cue.to ? [fill(words.to, { name: cue.to })] : []), ...cue.gives.map((name) => fill(words.gives, { name }))];
  const head = cue.kind === "move" ? `${words.move}「${cue.reply}」` : cue.kind === "node" ? words.next : words[cue.kind];
  const marks = [...(cue.heard && cue.kind === "move" ? [words.heard] : []), ...(cue.used ? [words.used] : []), ...more];
  const button = element("button", { type: "button", className: `live-cue${cue.heard ? " heard" : ""}${cue.used ? " used" : ""}`, disabled: !talking() || (cue.used && cue.kind === "move") },
    element("kbd", { textContent: index < 9 ? index + 1 : "·" }), element("span", { className: "q", textContent: head }),
    element("span", { className: "a", textContent: cue.says.join(" ") || (cue.kind === "node" ? cue.to : words.stays) }),
    element("span", { className: "m", textContent: marks.join(" · ") }));
  button.dataset.cue = cue.kind;
  button.addEventListener("click", () => act("cue", { kind: cue.kind, node: cue.node, index: cue.index ?? 0 }));
  return button;
}

function drawTells(facts) {
  const open = facts.filter((fact) => !fact.told), chosen = new Set(told());
  $("tells").hidden = !open.length;
  $("tells").replaceChildren($("tells").firstElementChild, ...open.map((fact) => element("label", { className: "row-f" },
    element("input", { type: "checkbox", className: "form-check-input m-0", value: fact.key, checked: chosen.has(fact.key) }), ` ${fact.name}`)));
}
const told = () => [...$("tells").querySelectorAll("input:checked")].map((box) => box.value);

/* ── hands ────────────────────────────────────────────────────── */
async function say() {
  const box = $("line"), text = box.value.trim(), gives = told();
  if (!text) return;
  box.value = "";
  $("tells").querySelectorAll("input").forEach((input) => { input.checked = false; });
  if (!await act("ad_lib", { text, gives }) && !box.value) box.value = text; // refused: nothing typed is lost
  box.focus();
}

function hangUp(failed) {
  act("hangup", { by: "caller", reason: "trainer", failed });
}

if (leads) {
  $("ring").addEventListener("click", () => {
    $("ring").disabled = true;
    deliver(`${url}/ring`, {});
  });
  $("hangup").addEventListener("click", () => hangUp(false));
  $("slam").addEventListener("click", () => window.confirm(words.slam) && hangUp(true));
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    say();
  });
  $("line").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  });
  $("places").addEventListener("change", () => {
    if ($("places").value) act("cue", { kind: "node", node: $("places").value, index: 0 });
  });
  document.querySelectorAll("[data-mood]").forEach((button) => button.addEventListener("click", () => act("mood_changed", { mood: Number(button.dataset.mood) })));
  document.addEventListener("keydown", (event) => {
    if (!call || over || call.phase === "ringing" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F10") {
      event.preventDefault();
      hangUp(false);
    } else if (/^[1-9]$/.test(event.key) && !/INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) {
      $("cues").children[Number(event.key) - 1]?.click();
    }
  });
}
document.querySelectorAll("[data-tabto]").forEach((link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  root.dataset.tab = link.dataset.tabto;
  document.querySelectorAll("[data-tabto]").forEach((other) => (other === link ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current")));
}));
const timer = setInterval(() => {
  look();
  if (call && call.phase !== "ringing" && !over) $("clock").textContent = clockText(performance.now() - origin);
}, LOOK_MS);
look();
