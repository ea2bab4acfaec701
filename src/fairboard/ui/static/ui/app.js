// Enhancements only: every page works without this file.
(() => {
  const root = document.documentElement;

  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try {
        localStorage.setItem("theme", root.dataset.theme);
      } catch {
        // Storage is switched off: the choice holds for this page.
      }
    });
  }

  // Where the desk's pages stand in one line, the one that is open is in sight.
  document.querySelector(".desknav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // "/" goes to the search, and a key named by data-key presses its button.
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("top-q")?.focus();
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });

  // Photos chosen for an ad are shown before they are sent, and may be dropped or pasted.
  for (const input of document.querySelectorAll('input[type="file"][multiple]:not([data-uploader])')) {
    const previews = document.createElement("div");
    previews.className = "previews";
    input.after(previews);
    const show = () => {
      for (const old of previews.children) URL.revokeObjectURL(old.src);
      previews.replaceChildren(
        ...[...input.files].slice(0, 12).map((file) => {
          const image = document.createElement("img");
          image.alt = file.name;
          image.width = 400;
          image.height = 300;
          image.src = URL.createObjectURL(file);
          return image;
        }),
      );
    };
    const add = (files) => {
      const all = new DataTransfer();
      for (const file of [...input.files, ...files]) if (file.type.startsWith("image/")) all.items.add(file);
      input.files = all.files;
      show();
    };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragleave", "drop"]) {
      input.addEventListener(kind, () => input.classList.toggle("is-over", kind === "dragenter"));
    }
    document.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) add(event.clipboardData.files);
    });
  }

  // Passkeys: offered where the browser has them; what goes wrong is said on the page.
  if (window.PublicKeyCredential) {
    for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
  }
  document.addEventListener("allauth.error", (event) => {
    const place = document.querySelector("[data-passkey-error]");
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
})();
