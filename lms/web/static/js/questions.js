// The bank's editor: keys, more option lines, a warning before typed text is lost.
const form = document.querySelector("[data-question-form]");
const editor = document.getElementById("editor");
let touched = false;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (form && (event.ctrlKey || event.metaKey) && (event.key === "Enter" || event.key.toLowerCase() === "s")) {
    const button = document.querySelector(event.key === "Enter" ? "[data-submit]" : "[data-save]");
    if (button) { event.preventDefault(); form.requestSubmit(button); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || (typing(event.target) && event.key !== "Escape")) return;
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key)}"]`);
  if (link && !event.defaultPrevented) { event.preventDefault(); link.click(); }
});

if (form) {
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
  growOptions(form);
  offerBlanks(form);
}
if (editor && window.location.hash === "#editor") {
  (form?.querySelector("[autofocus]") ?? editor).focus({ preventScroll: window.innerWidth >= 1200 });
}

function growOptions(root) {
  const list = root.querySelector("[data-options]");
  const add = root.querySelector("[data-add-option]");
  if (!list || !add) return;
  const most = 10;
  list.querySelector("noscript")?.remove();
  add.hidden = list.children.length >= most || add.matches(":disabled");
  add.addEventListener("click", () => {
    const place = list.children.length;
    const line = list.lastElementChild.cloneNode(true);
    for (const input of line.querySelectorAll("input")) {
      if (input.type === "text" || !input.type || input.name === "option") input.value = "";
      else { input.checked = false; input.value = String(place); }
      input.removeAttribute("aria-label");
    }
    const before = line.querySelector("b").textContent;
    const letters = "甲乙丙丁戊己庚辛壬癸".includes(before) ? "甲乙丙丁戊己庚辛壬癸" : "ABCDEFGHIJ";
    line.querySelector("b").textContent = letters[place];
    line.querySelector("[name=option]").setAttribute("aria-label", letters[place]);
    line.querySelector("[name=key]").setAttribute("aria-label", letters[place]);
    list.append(line);
    line.querySelector("[name=option]").focus();
    add.hidden = list.children.length >= most;
  });
}

function offerBlanks(root) {
  const button = root.querySelector("[data-insert-blank]");
  if (!button) return;
  button.hidden = button.matches(":disabled");
  button.addEventListener("click", () => {
    const stem = root.querySelector("[name=stem]");
    stem.setRangeText("____", stem.selectionStart, stem.selectionEnd, "end");
    stem.dispatchEvent(new Event("input", { bubbles: true }));
    stem.focus();
  });
}
