// An ad's page: stepping through photos, the large view, sharing, and telling the site that the page is looked at.
(() => {
  const page = document.querySelector("[data-ad]");

  if (page?.dataset.seen && document.visibilityState === "visible") {
    const key = `seen-${page.dataset.ad}`;
    try {
      if (!sessionStorage.getItem(key)) {
        sessionStorage.setItem(key, "1");
        navigator.sendBeacon(page.dataset.seen);
      }
    } catch {
      // Storage is switched off: this look is not counted.
    }
  }

  const gallery = document.querySelector("[data-gallery]");
  if (gallery) {
    const figures = [...gallery.querySelectorAll("figure")];
    const steps = [...document.querySelectorAll("[data-viewer] [data-step]")];
    const thumbs = [...document.querySelectorAll("[data-thumb]")];
    let at = 0;
    const show = (number) => {
      at = Math.max(0, Math.min(figures.length - 1, number));
      gallery.scrollTo({ left: figures[at].offsetLeft - figures[0].offsetLeft });
    };
    const mark = () => {
      at = Math.round(Math.abs(gallery.scrollLeft) / gallery.clientWidth);
      thumbs.forEach((thumb, number) => {
        if (number === at) thumb.setAttribute("aria-current", "true");
        else thumb.removeAttribute("aria-current");
      });
      if (steps.length) {
        steps[0].hidden = at === 0;
        steps[1].hidden = at === figures.length - 1;
      }
    };
    for (const step of steps) step.addEventListener("click", () => show(at + Number(step.dataset.step)));
    for (const thumb of thumbs) {
      thumb.addEventListener("click", (event) => {
        event.preventDefault();
        show(Number(thumb.dataset.thumb) - 1);
      });
    }
    gallery.addEventListener("scroll", mark, { passive: true });
    gallery.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      show(at + step);
    });
    mark();

    const box = document.querySelector("[data-lightbox]");
    if (box?.showModal) {
      const photo = box.querySelector("[data-lightbox-photo]");
      const count = box.querySelector("[data-lightbox-count]");
      const large = (number) => {
        at = (number + figures.length) % figures.length;
        const source = figures[at].querySelector("img");
        photo.src = figures[at].querySelector("[data-large]").href;
        photo.alt = source.alt;
        count.textContent = `${at + 1} / ${figures.length}`;
      };
      for (const step of box.querySelectorAll("[data-step]")) {
        step.hidden = figures.length < 2;
        step.addEventListener("click", () => large(at + Number(step.dataset.step)));
      }
      figures.forEach((figure, number) => {
        figure.querySelector("[data-large]").addEventListener("click", (event) => {
          event.preventDefault();
          large(number);
          box.showModal();
        });
      });
      box.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step) large(at + step);
      });
      let from = 0;
      box.addEventListener("pointerdown", (event) => {
        from = event.clientX;
      });
      box.addEventListener("pointerup", (event) => {
        const way = event.clientX - from;
        if (Math.abs(way) > 60) large(at + (way < 0 ? 1 : -1));
        else if (event.target === box) box.close();
      });
      box.addEventListener("close", () => show(at));
    }
  }

  const share = document.querySelector("[data-share-url]");
  if (share) {
    const { shareUrl: url, shareTitle: title } = share.dataset;
    const button = share.querySelector("[data-share]");
    const copy = share.querySelector("[data-copy]");
    if (navigator.share) {
      button.hidden = false;
      button.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
    }
    if (navigator.clipboard) {
      copy.hidden = false;
      const label = copy.querySelector("span");
      const before = label.textContent;
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(url);
        label.textContent = copy.dataset.copy;
        setTimeout(() => {
          label.textContent = before;
        }, 2500);
      });
    }
  }
})();
