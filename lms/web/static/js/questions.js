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
  form.addEventListener("submit", (event) => { touched = event.submitter?.formTarget === "_blank" ? touched : false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
  for (const list of form.querySelectorAll("[data-options]")) growOptions(list.closest("fieldset"));
  offerPictures(form);
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
      if (input.type === "text" || !input.type || input.name.endsWith("option")) input.value = "";
      else { input.checked = false; input.value = String(place); }
      input.removeAttribute("aria-label");
    }
    const before = line.querySelector("b").textContent;
    const letters = "甲乙丙丁戊己庚辛壬癸".includes(before) ? "甲乙丙丁戊己庚辛壬癸" : "ABCDEFGHIJ";
    line.querySelector("b").textContent = letters[place];
    line.querySelector("[name$=option]").setAttribute("aria-label", letters[place]);
    line.querySelector("[name$=key]")?.setAttribute("aria-label", letters[place]);
    list.append(line);
    line.querySelector("[name$=option]").focus();
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

function offerPictures(root) {
  const offer = root.querySelector("[data-picture]");
  if (!offer) return;
  const stem = root.querySelector("[name=stem]");
  const rich = root.querySelector("[name=rich]");
  let target = stem;
  root.addEventListener("focusin", (event) => { if (event.target.matches("[name=stem], [name=explanation]")) target = event.target; });
  const show = () => { offer.hidden = !rich.checked || rich.matches(":disabled"); };
  rich.addEventListener("change", show);
  show();
  offer.querySelector("input").addEventListener("change", async (event) => {
    const body = new FormData();
    body.set("csrf_token", root.querySelector("[name=csrf_token]").value);
    body.set("picture", event.target.files[0]);
    event.target.value = "";
    const said = root.querySelector("[data-picture-problem]");
    said.textContent = "";
    try {
      const answer = await (await fetch(offer.dataset.picture, { method: "POST", body })).json();
      if (!answer.markdown) { said.textContent = answer.problem ?? ""; return; }
      target.setRangeText(`\n\n${answer.markdown}\n\n`, target.selectionStart, target.selectionEnd, "end");
      target.dispatchEvent(new Event("input", { bubbles: true }));
      target.focus();
    } catch { said.textContent = "!"; }
  });
}
