// The live list of a session: looks again every few seconds while nobody is typing, and opens the two dialogs.
const live = document.querySelector("[data-live]");

document.addEventListener("click", (event) => {
  for (const kind of ["grant", "end"]) {
    const button = event.target.closest(`[data-open-${kind}]`);
    if (!button) continue;
    const dialog = document.querySelector(`[data-dialog-${kind}]`);
    dialog.querySelector("form").action = kind === "grant" ? button.dataset.openGrant : button.dataset.openEnd;
    dialog.querySelector("[data-name]").textContent = button.dataset.who;
    dialog.showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});

async function look() {
  if (document.hidden || document.querySelector("dialog[open]")) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live-part]");
    if (fresh && !live.querySelector("[data-live-part]").contains(document.activeElement)) live.querySelector("[data-live-part]").replaceWith(fresh);
  } catch { /* looks again in a while */ }
}
setInterval(look, Number(live.dataset.pollSeconds) * 1000);
