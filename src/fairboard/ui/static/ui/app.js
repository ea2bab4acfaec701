// Enhancements only: every page works without this file.
(() => {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); document.getElementById("top-q")?.focus(); }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) { event.preventDefault(); target.click(); }
  });
  for (const input of document.querySelectorAll('input[type="file"][multiple]')) {
    const list = document.createElement("div");
    list.className = "previews";
    input.after(list);
    input.addEventListener("change", () => {
      list.replaceChildren(...[...input.files].slice(0, 12).map((file) => {
        const image = document.createElement("img");
        image.alt = file.name;
        image.width = 96; image.height = 72;
        image.src = URL.createObjectURL(file);
        return image;
      }));
    });
  }
})();
