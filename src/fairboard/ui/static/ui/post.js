// The posting page: keeps the draft, sends photos as they are chosen, orders them, shows the card. The page works without it.
(() => {
  const form = document.querySelector("[data-poster]");
  if (!form) return;
  const say = form.dataset;
  const shots = form.querySelector("[data-shots]");
  const add = shots.querySelector(".shot--add");
  const notes = form.querySelector("[data-notes]");
  const saved = document.querySelector("[data-saved]");
  const input = form.querySelector("[data-uploader]");
  const most = Number(say.most);
  form.classList.add("is-live");

  const token = () => form.elements.csrfmiddlewaretoken.value;
  const photos = () => [...shots.querySelectorAll("[data-photo]")];
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("width", "17");
    svg.setAttribute("height", "17");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${say.icons}#${name}`);
    svg.append(use);
    return svg;
  };

  // The draft ----------------------------------------------------------------------------------------------------

  let timer = 0;
  let running = Promise.resolve();
  let left = false;

  const body = () => {
    const data = new FormData(form);
    data.delete("upload");
    return data;
  };
  const save = () => {
    running = running.then(async () => {
      if (left) return;
      saved.textContent = say.saySaving;
      try {
        const answer = await fetch(say.save, { method: "POST", body: body(), headers: { "X-CSRFToken": token() } });
        const said = await answer.json();
        if (said.draft) form.elements.draft.value = said.draft;
        saved.textContent = answer.ok ? say.saySaved : said.message;
      } catch {
        saved.textContent = say.sayUnsaved;
      }
    });
    return running;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };
  form.addEventListener("input", (event) => {
    if (event.target !== input) later();
  });
  form.addEventListener("change", (event) => {
    if (event.target !== input) later();
  });
  form.addEventListener("submit", () => {
    left = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => {
    left = false;
  });

  // The category -------------------------------------------------------------------------------------------------

  const category = form.elements.category;
  let chosenByHand = Boolean(category.value);
  const choose = (slug) => {
    category.value = slug;
    category.dispatchEvent(new Event("change", { bubbles: true }));
    mark();
  };
  const mark = () => {
    for (const chip of form.querySelectorAll("#suggestions .chip")) {
      chip.setAttribute("aria-pressed", String(chip.value === category.value));
    }
  };
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("#suggestions .chip");
    if (!chip) return;
    event.preventDefault();
    chosenByHand = true;
    choose(chip.value);
  });
  category.addEventListener("change", (event) => {
    if (event.isTrusted) chosenByHand = true;
    mark();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const swapped = event.detail.ctx?.target?.id;
    if (swapped === "suggestions") {
      const first = form.querySelector("#suggestions .chip");
      if (first && !chosenByHand && first.value !== category.value) choose(first.value);
      mark();
    }
    if (swapped === "details") card();
  });
  mark();

  // The place ----------------------------------------------------------------------------------------------------

  const locate = form.querySelector("[data-locate]");
  if (locate && navigator.geolocation && isSecureContext) {
    locate.hidden = false;
    locate.addEventListener("click", () => {
      locate.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(
        async ({ coords }) => {
          const point = new URLSearchParams({ latitude: coords.latitude.toFixed(2), longitude: coords.longitude.toFixed(2) });
          const answer = await fetch(`${say.near}?${point}`);
          const { place } = await answer.json();
          if (place) form.elements.place.value = place;
          locate.removeAttribute("aria-busy");
          card();
          later();
        },
        () => locate.removeAttribute("aria-busy"),
        { maximumAge: 600000, timeout: 10000 },
      );
    });
  }

  // The card as the list shows it ----------------------------------------------------------------------------------

  const shown = Object.fromEntries(
    ["photo", "price", "title", "place"].map((name) => {
      const element = form.querySelector(`[data-card-${name}]`);
      return [name, { element, empty: name === "price" ? "–" : element.textContent }];
    }),
  );
  const card = () => {
    const type = form.querySelector("[name=price_type]:checked");
    const amount = form.elements.price.value.trim();
    const isNamed = !type || ["fixed", "negotiable"].includes(type.value);
    shown.price.element.textContent = isNamed ? amount || "–" : type.closest("label").textContent.trim();
    shown.title.element.textContent = form.elements.title.value.trim() || shown.title.empty;
    shown.place.element.textContent = form.elements.place.value.split(",")[0].trim() || shown.place.empty;
    const first = shots.querySelector("[data-photo] img");
    if (first) {
      const image = shown.photo.element.querySelector("img") ?? document.createElement("img");
      image.alt = "";
      image.src = first.src;
      shown.photo.element.replaceChildren(image);
    } else {
      shown.photo.element.replaceChildren(icon("image"));
    }
  };
  form.addEventListener("input", card);
  form.addEventListener("change", card);

  // Photos -------------------------------------------------------------------------------------------------------

  const note = (text) => {
    const line = document.createElement("li");
    line.append(icon("circle-alert"), text);
    notes.append(line);
  };
  const count = () => {
    add.hidden = shots.querySelectorAll(".shot:not(.shot--add)").length >= most;
    photos().forEach((shot, number) => {
      shot.querySelector("img").alt = `${say.sayPhoto} ${number + 1}`;
    });
    card();
  };
  const filled = (shot, said) => {
    shot.dataset.photo = said.photo;
    const hidden = shot.querySelector("input[name=photos]") ?? document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "photos";
    hidden.value = said.photo;
    shot.prepend(hidden);
    const image = shot.querySelector("img");
    image.width = said.width;
    image.height = said.height;
    image.src = said.small;
    for (const tool of shot.querySelectorAll("[data-shot-tool]")) tool.value = `${tool.dataset.shotTool}:${said.photo}`;
  };
  const fresh = (file) => {
    const shot = document.createElement("li");
    shot.className = "shot is-sending";
    shot.draggable = true;
    const image = document.createElement("img");
    image.alt = file.name;
    if (/^image\/(jpeg|png|webp|gif|avif)$/.test(file.type)) image.src = URL.createObjectURL(file);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${say.saySending} ${file.name}`);
    const tools = document.createElement("div");
    tools.className = "shot__tools";
    for (const [name, sign, label] of [
      ["earlier", "arrow-left", say.sayEarlier],
      ["later", "arrow-right", say.sayLater],
      ["rotate", "redo-2", say.sayRotate],
      ["remove", "x", say.sayRemove],
    ]) {
      const tool = document.createElement("button");
      tool.className = "shot__tool";
      tool.name = "arrange";
      tool.dataset.shotTool = name;
      tool.title = label;
      tool.setAttribute("aria-label", label);
      tool.append(icon(sign));
      tools.append(tool);
    }
    shot.append(image, bar, tools);
    add.before(shot);
    return shot;
  };
  const send = (file, shot) =>
    new Promise((done) => {
      const data = new FormData();
      data.set("draft", form.elements.draft.value);
      data.set("file", file, file.name);
      const asked = new XMLHttpRequest();
      asked.open("POST", say.photos);
      asked.setRequestHeader("X-CSRFToken", token());
      asked.responseType = "json";
      asked.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shot.querySelector("progress").value = event.loaded / event.total;
      });
      asked.addEventListener("loadend", () => {
        const said = asked.response;
        if (asked.status === 200 && said?.photo) {
          form.elements.draft.value = said.draft;
          shot.classList.remove("is-sending");
          shot.querySelector("progress").remove();
          filled(shot, said);
        } else {
          shot.remove();
          note(said?.message ?? `${file.name}: ${say.sayFailed}`);
        }
        count();
        done();
      });
      asked.send(data);
    });
  let sending = Promise.resolve();
  const take = (files) => {
    notes.replaceChildren();
    const room = most - shots.querySelectorAll(".shot:not(.shot--add)").length;
    const wanted = [...files];
    if (wanted.length > room) note(say.sayMany);
    for (const file of wanted.slice(0, Math.max(0, room))) {
      const shot = fresh(file);
      count();
      sending = sending.then(async () => {
        if (!form.elements.draft.value) await save();
        await send(file, shot);
      });
    }
    sending.then(later);
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (files.length) take(files);
  });

  const turn = async (shot) => {
    shot.classList.add("is-sending");
    const data = new FormData();
    data.set("draft", form.elements.draft.value);
    try {
      const answer = await fetch(`${say.photos}/${shot.dataset.photo}/turn`, {
        method: "POST",
        body: data,
        headers: { "X-CSRFToken": token() },
      });
      const said = await answer.json();
      if (answer.ok) filled(shot, said);
      else note(said.message);
    } catch {
      note(say.sayUnsaved);
    }
    shot.classList.remove("is-sending");
    count();
    later();
  };
  shots.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-shot-tool]");
    if (!tool) return;
    event.preventDefault();
    const shot = tool.closest(".shot");
    const act = tool.dataset.shotTool;
    if (!shot.dataset.photo) return;
    if (act === "rotate") {
      turn(shot);
      return;
    }
    if (act === "remove") {
      const next = shot.nextElementSibling?.querySelector("[data-shot-tool], label") ?? input;
      shot.remove();
      next.focus();
    } else {
      const beside = act === "earlier" ? shot.previousElementSibling : shot.nextElementSibling;
      if (beside && !beside.classList.contains("shot--add")) act === "earlier" ? beside.before(shot) : beside.after(shot);
      tool.focus();
    }
    count();
    later();
  });

  let dragged = null;
  shots.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".shot:not(.shot--add)");
    dragged?.classList.add("is-dragged");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  shots.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    count();
    later();
  });
  const zone = shots.closest("section");
  for (const kind of ["dragover", "dragenter"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      if (!dragged) {
        zone.classList.add("is-over");
        return;
      }
      const over = event.target.closest(".shot:not(.shot--add)");
      if (!over || over === dragged) return;
      const box = over.getBoundingClientRect();
      event.clientX < box.left + box.width / 2 ? over.before(dragged) : over.after(dragged);
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (!dragged && event.dataTransfer.files.length) take(event.dataTransfer.files);
  });

  // What is sent waits for the photos that are on their way.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[name=publish], [name=preview], [name=save]");
    if (!button || !shots.querySelector(".is-sending")) return;
    event.preventDefault();
    button.setAttribute("aria-busy", "true");
    sending.then(() => {
      button.removeAttribute("aria-busy");
      form.requestSubmit(button);
    });
  });
  count();
})();
