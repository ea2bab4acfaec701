// The chosen scheme is set before the page is drawn, so that it does not flash.
try {
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
} catch {
  // Storage is switched off: the scheme of the system is used.
}
