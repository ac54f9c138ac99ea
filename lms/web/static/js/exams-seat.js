// A device that waits until the invigilator hands the exam over: looks every two seconds, then goes on by itself.
const box = document.querySelector("[data-seat]");

async function look() {
  try {
    const response = await fetch(box.dataset.seat, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
    if (response.ok && !(await response.json()).waiting) { location.reload(); return; }
  } catch { /* no network: looks again */ }
  setTimeout(look, 2000);
}

if (box) setTimeout(look, 2000);
