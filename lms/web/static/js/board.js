// Floor board: reasons in a pop-up (hover, focus, tap), arrow keys, filters without a reload. Without it, cells are links.
const pop = document.getElementById("why");
const texts = new Map();
let pinned = null, timer = 0, wanted = null;

const partOf = (cell) => {
  const address = new URL(cell.href);
  address.searchParams.set("part", "pop");
  return address.href;
};

async function reasons(cell) {
  const address = partOf(cell);
  if (!texts.has(address)) {
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) throw new Error(response.statusText);
    texts.set(address, await response.text());
  }
  return texts.get(address);
}

function place(cell) {
  const spot = cell.getBoundingClientRect(), width = pop.offsetWidth, height = pop.offsetHeight;
  const left = Math.min(Math.max(8, spot.left + spot.width / 2 - width / 2), innerWidth - width - 8);
  const top = spot.bottom + 6 + height > innerHeight - 8 ? spot.top - height - 6 : spot.bottom + 6;
  pop.style.left = `${left + scrollX}px`;
  pop.style.top = `${Math.max(8, top) + scrollY}px`;
}

function unmark() {
  document.querySelectorAll(".on-pop").forEach((cell) => { cell.classList.remove("on-pop"); cell.removeAttribute("aria-describedby"); });
}

async function show(cell) {
  wanted = cell;
  try {
    const html = await reasons(cell);
    if (wanted !== cell) return;
    pop.innerHTML = html; // our own escaped fragment
    pop.hidden = false;
    unmark();
    cell.classList.add("on-pop");
    cell.setAttribute("aria-describedby", "why");
    place(cell);
  } catch { hide(); }
}

function hide() { wanted = null; pinned = null; pop.hidden = true; unmark(); }

const cellAt = (event) => event.target.closest?.(".fb-tbl .cell");
document.addEventListener("mouseover", (event) => {
  const cell = cellAt(event);
  clearTimeout(timer);
  if (cell && !pinned) timer = setTimeout(() => show(cell), 120);
  else if (!cell && !pinned && !event.target.closest?.("#why")) timer = setTimeout(hide, 200);
});
document.addEventListener("focusin", (event) => { const cell = cellAt(event); if (cell?.matches(":focus-visible") && !pinned) show(cell); });
document.addEventListener("click", (event) => {
  const cell = cellAt(event);
  if (cell && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (pinned === cell) hide(); else { pinned = cell; show(cell); }
  } else if (!event.target.closest?.("#why")) { hide(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { hide(); return; }
  const cell = cellAt(event);
  if (!cell) return;
  const td = cell.closest("td"), row = td.parentNode, index = td.cellIndex;
  const walk = (next, step) => { let at = next; while (at && !at.querySelector?.(".cell")) at = step(at); return at?.querySelector(".cell"); };
  const go = {
    ArrowRight: () => walk(td.nextElementSibling, (at) => at.nextElementSibling),
    ArrowLeft: () => walk(td.previousElementSibling, (at) => at.previousElementSibling),
    ArrowDown: () => { let at = row.nextElementSibling; while (at && !at.cells[index].querySelector(".cell")) at = at.nextElementSibling; return at?.cells[index].querySelector(".cell"); },
    ArrowUp: () => { let at = row.previousElementSibling; while (at && !at.cells[index].querySelector(".cell")) at = at.previousElementSibling; return at?.cells[index].querySelector(".cell"); },
  }[event.key];
  const next = go?.();
  if (next) { event.preventDefault(); pinned = null; next.focus(); }
});

// one cell in the tab order; the arrows reach the others
function rove() {
  const cells = [...document.querySelectorAll(".fb-tbl .cell")];
  cells.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
}
document.addEventListener("focusin", (event) => {
  const cell = cellAt(event);
  if (!cell) return;
  document.querySelectorAll('.fb-tbl .cell[tabindex="0"]').forEach((other) => { other.tabIndex = -1; });
  cell.tabIndex = 0;
});

// chips, pages and the form change the board in place; the address says what is shown
let turn = 0;
async function go(address, push = true) {
  const mine = ++turn;
  hide();
  try {
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) throw new Error(response.statusText);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine !== turn) return;
    const typed = document.activeElement?.name === "q" ? document.activeElement.selectionStart : null;
    for (const part of document.querySelectorAll("[data-swap]")) {
      const other = fresh.querySelector(`[data-swap="${part.dataset.swap}"]`);
      if (other && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
    }
    if (push) history.pushState(null, "", address);
    if (typed !== null) { const box = document.querySelector('[data-board-form] [name="q"]'); box?.focus(); box?.setSelectionRange(typed, typed); }
    rove();
    late();
  } catch { location.assign(address); }
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-board-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});
const addressOf = (form) => {
  const address = new URL(location.pathname, location.origin);
  new FormData(form).forEach((value, name) => { if (value) address.searchParams.set(name, value); });
  return address.href;
};
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-board-form]");
  if (form) { event.preventDefault(); go(addressOf(form)); }
});
let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-board-form]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => go(addressOf(form)), event.target.name === "q" ? 180 : 0);
});
// on a large floor the counts and the forecast come after the page
async function late() {
  const place = document.querySelector("[data-late]");
  if (!place) return;
  try {
    const response = await fetch(place.dataset.late, { credentials: "same-origin" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const name of ["chips", "ahead"]) {
      const here = document.querySelector(`[data-swap="${name}"]`), other = fresh.querySelector(`[data-swap="${name}"]`);
      if (here && other) here.replaceWith(document.importNode(other, true));
    }
  } catch { /* the link stays */ }
}
late();
addEventListener("popstate", () => go(location.href, false));
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
rove();
