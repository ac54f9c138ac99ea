// The import wizard: goes on to the rows once the file has been read, and brings an opened row into view.
const waiting = document.querySelector("[data-import-reading]");
const row = document.getElementById("row");

async function look() {
  try {
    const answer = await fetch(waiting.dataset.importReading, { headers: { Accept: "application/json" } });
    const { state } = await answer.json();
    if (answer.ok && state === "done") { window.location.reload(); return; }
    if (answer.ok && state === "failed") return;
  } catch { /* offline for a moment: the next look will tell */ }
  window.setTimeout(look, 1000);
}

if (waiting) window.setTimeout(look, 300);
if (row && window.location.hash === "#row") row.focus({ preventScroll: false });
