// Small behaviours of the shell. Every page works without them.
import { getJSON } from "./kit.js";

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// light and dark
all("[data-theme-toggle]").forEach((button) => button.addEventListener("click", () => {
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  try { localStorage.setItem("theme", theme); } catch { /* storage may be shut */ }
}));

// "/" goes to the search box, Escape closes menus
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(event.target.tagName) && !event.target.isContentEditable) {
    const search = document.querySelector("[data-search]");
    if (search?.offsetParent) { event.preventDefault(); search.focus(); }
  }
  if (event.key === "Escape") {
    all("details.menu[open], details.cols[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  }
});
document.addEventListener("click", (event) => {
  all("details.menu[open], details.cols[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

// joined buttons: one pressed at a time
all("[data-toggle-group]").forEach((group) => group.addEventListener("click", (event) => {
  const chosen = event.target.closest("button[aria-pressed]");
  if (chosen) all("[aria-pressed]", group).forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
}));

// filters apply at once; the button is for those without scripts
all("[data-autosubmit]").forEach((select) => select.addEventListener("change", () => select.form.requestSubmit()));
all("[data-filter]").forEach((form) => form.addEventListener("submit", () => {
  all("input,select", form).forEach((input) => { if (!input.value) input.disabled = true; });
}));

// a question before an act that can't be taken back lightly
all("form[data-confirm]").forEach((form) => form.addEventListener("submit", (event) => {
  if (!window.confirm(form.dataset.confirm)) event.preventDefault();
}));

// a form is sent once
all("form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (!event.defaultPrevented) { form.dataset.sent = "1"; setTimeout(() => delete form.dataset.sent, 4000); }
}));

// tick all, count ticks
const counted = (form) => all("tbody input[type=checkbox]", form).filter((box) => box.checked).length;
all("[data-check-all]").forEach((head) => {
  const table = head.closest("table");
  head.addEventListener("change", () => {
    all("tbody input[type=checkbox]", table).forEach((box) => { box.checked = head.checked; });
    table.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
all("[data-bulk]").forEach((bar) => {
  const form = bar.closest("form");
  const count = bar.querySelector("[data-bulk-count]");
  const words = count.textContent;
  form?.addEventListener("change", () => { const n = counted(form); count.textContent = n ? String(n) : words; });
});

// dropped files
all("[data-drop]").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  const name = zone.querySelector("[data-drop-name]");
  const show = () => { name.textContent = [...input.files].map((file) => file.name).join(", "); };
  input.addEventListener("change", show);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    input.files = event.dataTransfer.files;
    show();
  });
});

// what scrolls can be reached by the keyboard
const reachable = () => all(".scroll:not([tabindex])").forEach((box) => {
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
});
reachable();
addEventListener("resize", reachable);
all("details").forEach((part) => part.addEventListener("toggle", reachable));

// the first thing wrong with a form gets the focus
document.querySelector("[data-focus]")?.focus();

// progress of long jobs
function follow(box) {
  const bar = box.querySelector("[data-job-bar]"), text = box.querySelector("[data-job-text]");
  const count = box.querySelector("[data-job-count]"), report = box.querySelector("[data-job-report]");
  const row = (entry) => {
    const line = document.createElement("tr");
    const cells = ["td", "td", "td"].map((tag) => line.appendChild(document.createElement(tag)));
    cells[0].textContent = entry.row ?? "";
    cells[1].append(box.querySelector(entry.ok ? "[data-job-ok]" : "[data-job-bad]").content.cloneNode(true));
    if (entry.link) {
      const link = Object.assign(document.createElement("a"), { href: entry.link, textContent: entry.text ?? "" });
      cells[2].append(link);
    } else { cells[2].textContent = entry.text ?? ""; }
    return line;
  };
  const ask = async () => {
    try {
      const job = await getJSON(box.dataset.job);
      if (job.total) { bar.max = job.total; bar.value = job.done; count.textContent = `${job.done} / ${job.total}`; }
      const word = box.dataset[`word${job.state[0].toUpperCase()}${job.state.slice(1)}`] ?? "";
      if (text.dataset.state !== job.state || job.text) text.textContent = job.text || word;
      text.dataset.state = job.state;
      if (job.state === "done" || job.state === "failed") {
        bar.max = 1; bar.value = job.state === "done" ? 1 : 0;
        box.setAttribute("aria-busy", "false");
        if (job.state === "done" && "jobReload" in box.dataset) { location.reload(); return; }
        if (job.report?.length) { report.querySelector("tbody").replaceChildren(...job.report.map(row)); report.hidden = false; }
        return;
      }
    } catch { text.textContent = box.dataset.wordLost; }
    setTimeout(ask, 1500);
  };
  ask();
}
all("[data-job]").forEach(follow);
