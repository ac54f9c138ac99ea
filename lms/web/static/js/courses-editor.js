// The unit editor: a preview beside the text, and a warning before unsaved text is left.
import { post } from "./kit.js";

const PAUSE = 400; // ms without a key before the preview is drawn

const source = document.querySelector("[data-source]");
const preview = document.querySelector("[data-preview]");

if (source && preview) {
  let waiting = null;
  let latest = 0;
  const draw = async () => {
    const mine = ++latest;
    try {
      const answer = await post(preview.dataset.preview, { text: source.value });
      if (mine === latest) preview.innerHTML = answer.html; // cleaned by the server, as learners get it
    } catch { /* the preview stays as it was; saving still works */ }
  };
  source.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(draw, PAUSE); });
}

const form = document.querySelector("[data-unit-form]");
if (form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

for (const chip of document.querySelectorAll("[data-insert]")) {
  chip.addEventListener("click", () => {
    if (!source) return;
    const at = source.selectionStart;
    source.setRangeText(chip.dataset.insert, at, source.selectionEnd, "end");
    source.focus();
    source.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
