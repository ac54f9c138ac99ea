// The invigilator's board: asks again every two seconds and takes over only what changed. What is focused stays focused,
// what is ticked stays ticked, and what changed for the worse is said politely.
import { announce } from "./kit.js";

const board = document.querySelector("[data-board]"), PATIENCE = 8000;
const bare = (node) => node.outerHTML.replace(/name="csrf_token"[^>]*value="[^"]*"/g, "");
let said = document.querySelector("[data-say]").textContent.trim();

function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.spot : null;
  const ticked = [...old.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
  old.replaceWith(fresh);
  for (const box of fresh.querySelectorAll("input[type=checkbox]")) box.checked = ticked.includes(box.value);
  if (focused) fresh.querySelector(`[data-spot="${focused}"]`)?.focus({ preventScroll: true });
}

function take(page) {
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${fresh.dataset.live}"]`);
    if (!old || !fresh.isConnected) continue;
    if (fresh.dataset.liveKeys !== undefined && fresh.dataset.liveKeys === old.dataset.liveKeys) continue; // its tiles go one by one
    if (bare(old) !== bare(fresh)) swap(old, document.importNode(fresh, true));
  }
  const now = document.querySelector("[data-say]").textContent.trim();
  if (now && now !== said) announce(now);
  said = now;
}

async function look() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) take(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch { /* looks again in a while */ }
  }
  setTimeout(look, Number(board.dataset.pollSeconds) * 1000);
}
setTimeout(look, Number(board.dataset.pollSeconds) * 1000);
