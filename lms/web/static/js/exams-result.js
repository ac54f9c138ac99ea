// The result page: drafts of this sitting are no longer needed on this device; only-wrong filter.
const sitting = document.querySelector("[data-finished]")?.dataset.finished;
const visit = document.querySelector("[data-finished-visit]")?.dataset.finishedVisit;
try {
  if (sitting) for (const kind of ["sitting", "tab"]) localStorage.removeItem(`floorready.${kind}.${sitting}`);
  if (visit) for (const kind of ["visit", "timer"]) localStorage.removeItem(`floorready.${kind}.${visit}`);
} catch { /* no storage, nothing to forget */ }

function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches("details")) { target.hidden = false; target.open = true; target.scrollIntoView({ block: "start" }); }
}
window.addEventListener("hashchange", openTarget);
openTarget();

const only = document.querySelector("[data-only-wrong]");
only?.addEventListener("change", () => {
  document.querySelectorAll("[data-right='true']").forEach((article) => { article.hidden = only.checked; });
});

/* "Appeal against this question" opens the form with its number filled in */
const box = document.querySelector("[data-appeal-box]");
document.querySelectorAll("[data-appeal]").forEach((link) => link.addEventListener("click", () => {
  if (!box) return;
  box.open = true;
  box.querySelector("[name=position]").value = link.dataset.appeal;
  box.querySelector("[name=text]").focus();
}));
