// Before anything is drawn: the colours chosen last, or those of the system.
(() => {
  const root = document.documentElement;
  let kept = null;
  try { kept = localStorage.getItem("optgen-theme"); } catch (error) { /* a browser may keep nothing for files */ }
  const system = matchMedia("(prefers-color-scheme: dark)");
  root.dataset.theme = kept || (system.matches ? "dark" : "light");
  system.addEventListener("change", () => { if (!kept) root.dataset.theme = system.matches ? "dark" : "light"; });
})();
