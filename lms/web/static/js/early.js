// Runs before anything can be clicked: a button that only a script answers keeps its click until the page's scripts have
// run, so that none is lost on a slow line.
(function () {
  let kept = null;
  const keep = (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    event.stopImmediatePropagation();
    kept = button;
  };
  document.addEventListener("click", keep, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", keep, true);
    kept?.click();
  });
})();
