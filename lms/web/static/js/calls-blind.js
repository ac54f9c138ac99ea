// Marking a call blind by keys: 1 to 4 mark the checkpoint in focus and go on, arrows up and down move.
const items = [...document.querySelectorAll("[data-item]")];
const done = document.querySelector("[data-blind] button[type=submit], [data-blind] input[type=submit]");

function enter(item) {
  const chosen = item.querySelector("input:checked") ?? item.querySelector("input");
  chosen.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function move(from, by) {
  const next = items[items.indexOf(from) + by];
  if (next) enter(next);
  else if (by > 0) done?.focus();
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-item]");
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea")) return;
  const number = Number(event.key);
  if (number >= 1 && number <= 4) {
    const here = item ?? items.find((it) => !it.querySelector("input:checked"));
    if (!here) return;
    event.preventDefault();
    here.querySelectorAll("input")[number - 1].checked = true;
    move(here, 1);
  } else if (item && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(item, event.key === "ArrowDown" ? 1 : -1);
  }
});
