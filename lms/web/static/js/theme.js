// Runs before the first paint: the chosen theme, else the system's.
(function (root) {
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch (error) { /* storage may be shut */ }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-bs-theme", theme);
  root.classList.add("js");
  // Paper is white: a page printed from the dark theme is printed light.
  let shown = theme;
  addEventListener("beforeprint", () => { shown = root.getAttribute("data-bs-theme"); root.setAttribute("data-bs-theme", "light"); });
  addEventListener("afterprint", () => root.setAttribute("data-bs-theme", shown));
})(document.documentElement);
