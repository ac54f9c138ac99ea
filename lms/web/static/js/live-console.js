// What a live call adds to the learner's console: the direct line to the trainer who plays the caller.
import { openLine, presence } from "./live-line.js";

const root = document.getElementById("console"), bar = document.getElementById("voice");
const shown = presence(bar);
const line = openLine(root.dataset.live, {
  poke: () => root.dispatchEvent(new Event("poke")),
  present: shown.present, down: shown.down, signal: () => {},
});
root.addEventListener("moved", () => line.poke());
root.addEventListener("over", () => line.close());
