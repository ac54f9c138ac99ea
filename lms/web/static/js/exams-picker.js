// Finding published questions by code or words, and handing them to whoever asked.
import { fill } from "./exams-clock.js";

export class Picker {
  constructor(dialog, words, chosen) {
    Object.assign(this, { dialog, words, chosen, section: null, added: 0 });
    this.part = (name) => dialog.querySelector(`[data-picker-${name}]`);
    this.part("close").addEventListener("click", () => dialog.close());
    this.part("find").addEventListener("click", () => this.find());
    this.part("words").addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); this.find(); }
    });
    this.part("all").addEventListener("click", () => { [...this.part("found").children].forEach((it) => it.querySelector("button:not(:disabled)")?.click()); });
  }

  open(section) {
    this.section = section;
    this.added = 0;
    this.part("said").textContent = "";
    this.dialog.showModal();
    this.part("words").focus();
  }

  async find() {
    const asked = new URLSearchParams({ q: this.part("words").value });
    const response = await fetch(`${this.words.questionsUrl}?${asked}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const { questions } = await response.json();
    this.part("found").replaceChildren(...questions.map((it) => this.row(it)));
    this.part("none").hidden = questions.length > 0;
    this.part("all").hidden = questions.length < 2;
  }

  row(found) {
    const row = document.createElement("li"), code = document.createElement("b"), stem = document.createElement("span"), button = document.createElement("button");
    code.className = "num nw";
    code.textContent = found.code;
    stem.className = "grow sm";
    stem.textContent = `${found.stem} · ${found.kind}`;
    Object.assign(button, { type: "button", className: "btn btn-line btn-sm", textContent: this.words.wordAdd });
    button.addEventListener("click", () => {
      button.disabled = true;
      this.chosen(this.section, found);
      this.part("said").textContent = fill(this.words.wordAdded, { n: ++this.added });
    });
    row.append(code, stem, button);
    return row;
  }
}
