// What a live call adds to the learner's console: the direct line to the trainer who plays the caller, and the voices.
import { getJSON } from "./kit.js";
import { openLine, presence } from "./live-line.js";
import { Voices } from "./live-voice.js";

const root = document.getElementById("console"), bar = document.getElementById("live-voice"), live = root.dataset.live;
const shown = presence(bar);
const send = (kind, data) => root.dispatchEvent(new CustomEvent("send", { detail: { kind, data } }));
const voices = new Voices(bar, {
  root, line: () => line,
  call: async () => (await getJSON(`${live}/state`)).call_id,
  began: () => send("input_started", { mode: "voice" }),
  spoke: (span) => send("utterance", { mode: "voice", text: "", ...span }),
});
const line = openLine(live, {
  poke: () => root.dispatchEvent(new Event("poke")),
  present: (parts) => {
    shown.present(parts);
    voices.greet(parts);
  },
  down: shown.down,
  signal: (message) => voices.signal(message),
});
root.addEventListener("moved", () => line.poke());
root.addEventListener("over", (event) => event.detail.push(voices.finish().then(() => line.close())));
