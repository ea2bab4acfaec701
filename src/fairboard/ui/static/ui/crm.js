/* What pages of the CRM do beyond htmx; every one of them works without it. */
"use strict";

/* Lists: palette, keys, cells, filter builder, suggestions, choosing rows, boards ------------------------------- */
(() => {
  document.documentElement.classList.add("has-js");
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
  const make = (tag, className = "", text = "") => {
    const found = document.createElement(tag);
    if (className) found.className = className;
    if (text) found.textContent = text;
    return found;
  };
  const icon = (name, sheet) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("width", "18");
    svg.setAttribute("height", "18");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${sheet}#${name}`);
    svg.append(use);
    return svg;
  };
  const later = (act, wait) => {
    let timer = 0;
    return (...given) => {
      clearTimeout(timer);
      timer = setTimeout(() => act(...given), wait);
    };
  };

  // The command palette: a combobox over records, pages and things to create.
  const palette = $("#crm-palette");
  const keys = $("#crm-keys");
  if (palette) {
    const input = $("input", palette);
    const list = $("ul", palette);
    let options = [];
    let at = 0;
    let asked = 0;
    const mark = (to) => {
      at = options.length ? (to + options.length) % options.length : 0;
      options.forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
      if (options[at]) {
        input.setAttribute("aria-activedescendant", options[at].id);
        options[at].scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const option = (one, kind) => {
      const item = make("li");
      item.setAttribute("role", "option");
      item.id = `crm-option-${options.length}`;
      item.dataset.href = one.href;
      const text = make("span", "crm-option__text");
      text.append(make("strong", "", one.name ?? one.label));
      if (one.hint) text.append(make("span", "", one.hint));
      item.append(icon(one.icon, palette.dataset.icons), text, make("small", "", kind));
      item.addEventListener("click", () => location.assign(one.href));
      item.addEventListener("mousemove", () => mark(options.indexOf(item)));
      options.push(item);
      return item;
    };
    const fill = async () => {
      const mine = ++asked;
      const text = input.value.trim();
      let found;
      try {
        const answer = await fetch(`${palette.dataset.suggestUrl}?q=${encodeURIComponent(text)}`);
        if (!answer.ok) return;
        found = await answer.json();
      } catch {
        return;
      }
      if (mine !== asked) return;
      options = [];
      const items = [
        ...found.records.map((one) => option(one, one.label)),
        ...found.commands.map((one) => option(one, one.kind)),
      ];
      if (text) {
        const href = `${palette.dataset.searchUrl}?q=${encodeURIComponent(text)}`;
        items.push(option({ label: `${palette.dataset.searching} “${text}”`, href, icon: "search" }, ""));
      }
      list.replaceChildren(...items);
      $("[data-palette-count]", palette).textContent = items.length ? String(items.length) : palette.dataset.none;
      mark(0);
    };
    input.addEventListener("input", later(fill, 90));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        mark(at + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && options[at]) {
        event.preventDefault();
        location.assign(options[at].dataset.href);
      }
    });
    palette.addEventListener("click", (event) => event.target === palette && palette.close());
    palette.show_ = () => {
      input.value = "";
      list.replaceChildren();
      palette.showModal();
      fill();
    };
    for (const button of $$("[data-palette]")) {
      button.hidden = false;
      button.addEventListener("click", palette.show_);
    }
  }

  // Keys. They do nothing while somebody types or a dialog is open.
  let row = -1;
  let going = 0;
  const rows = () => $$("[data-row]");
  const go = (to) => {
    const all = rows();
    if (!all.length) return;
    row = Math.max(0, Math.min(all.length - 1, to));
    all.forEach((one, index) => one.classList.toggle("is-at", index === row));
    all[row].scrollIntoView({ block: "nearest" });
    const link = all[row].matches("a") ? all[row] : $("a.crm-name", all[row]);
    link?.focus({ preventScroll: true });
  };
  addEventListener(
    "keydown",
    (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && palette) {
        event.preventDefault();
        if (palette.open) palette.close();
        else palette.show_();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
      const here = rows()[row];
      const acts = {
        j: () => go(row + 1),
        k: () => go(row - 1),
        x: () => {
          const box = here && $('input[type="checkbox"]', here);
          if (box) box.click();
        },
        e: () => here && location.assign(`${here.dataset.href}edit/`),
        "/": () => $("#crm-q, #q")?.focus(),
        f: () => {
          const pop = $(".crm-pop--wide");
          if (pop) {
            pop.open = true;
            $("select, input", pop)?.focus();
          }
        },
        "?": () => keys?.showModal(),
      };
      if (going && Date.now() - going < 1500) {
        going = 0;
        const place = $(`[data-goto="${CSS.escape(event.key)}"]`);
        if (place) {
          event.preventDefault();
          event.stopImmediatePropagation();
          location.assign(place.dataset.href);
        }
        return;
      }
      if (event.key === "g") {
        going = Date.now();
        return;
      }
      if (event.key in acts) {
        if (event.key === "/" && !$("#crm-q, #q")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        acts[event.key]();
      }
    },
    true,
  );

  // A value is changed where it stands.
  const fresh = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html;
    return box.content;
  };
  document.addEventListener("click", async (event) => {
    const pencil = event.target.closest(".crm-pencil[data-cell]");
    if (pencil && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const cell = pencil.closest("td");
      const answer = await fetch(pencil.dataset.cell, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return location.assign(pencil.href);
      cell.dataset.cell = pencil.dataset.cell;
      cell.classList.add("is-edited");
      cell.replaceChildren(fresh(await answer.text()));
      suggestAll(cell);
      const control = $("[autofocus]", cell);
      control?.focus();
      control?.select?.();
      return;
    }
    const cancel = event.target.closest("[data-cell-cancel]");
    if (cancel) leave(cancel.closest("td"));
  });
  const leave = async (cell, html = "") => {
    if (!html) {
      const answer = await fetch(`${cell.dataset.cell}?show=1`, { headers: { "HX-Request": "true" } });
      html = await answer.text();
    }
    cell.classList.remove("is-edited");
    cell.replaceChildren(fresh(html));
    $(".crm-pencil", cell)?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-cell-form]");
    if (form && event.key === "Escape") leave(form.closest("td"));
    if (form && event.key === "Enter" && event.target.tagName === "SELECT") form.requestSubmit();
  });
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.matches("[data-cell-form]")) return;
      event.preventDefault();
      event.stopPropagation();
      const cell = form.closest("td");
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" },
      });
      const html = await answer.text();
      const part = fresh(html);
      if ($("[data-cell-form]", part)) {
        cell.replaceChildren(part);
        suggestAll(cell);
        $("[autofocus]", cell)?.focus();
      } else if (answer.ok) leave(cell, html);
    },
    true,
  );

  // The filter builder adds and drops its rows without loading the page.
  let builds = 0;
  const build = async (form, what) => {
    const data = new FormData(form);
    data.set("do", what);
    const mine = ++builds;
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    const to = answer.headers.get("HX-Redirect");
    if (to) return location.assign(to);
    if (!answer.ok) return form.submit();
    const html = await answer.text();
    if (mine !== builds) return; // a later one says more
    const old = $(".crm-builder", form);
    const focused = document.activeElement?.name;
    // What was typed while the answer was on its way stays.
    const changed = (one) => !one.multiple && data.get(one.name) !== one.value;
    const typed = what === "check" ? $$("input[name], select[name]", old).filter(changed) : [];
    old.replaceWith(fresh(html));
    for (const one of typed) {
      const again = $(`.crm-builder [name="${CSS.escape(one.name)}"]`, form);
      if (again) again.value = one.value;
    }
    suggestAll(form);
    const again = focused && focused !== "do" ? $(`[name="${CSS.escape(focused)}"]`, form) : null;
    if (again) again.focus();
    else $$("select, input", $(".crm-builder", form)).at(-1)?.focus();
  };
  document.addEventListener("change", (event) => {
    const form = event.target.matches("[data-check]") && event.target.closest("form[data-builder]");
    if (form) build(form, "check");
  });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("form[data-builder]")) return;
      if (form.dataset.builder === "part" && !/^(add|group|drop):/.test(event.submitter?.value ?? "")) return;
      event.preventDefault();
      event.stopPropagation();
      build(form, event.submitter?.value ?? "apply");
    },
    true,
  );

  // Names of records are suggested where a relation is typed.
  let lists = 0;
  const suggestAll = (root) => {
    for (const input of $$("input[data-suggest]:not([list])", root)) {
      const list = make("datalist");
      list.id = `crm-suggest-${++lists}`;
      input.setAttribute("list", list.id);
      input.after(list);
      input.addEventListener(
        "input",
        later(async () => {
          const text = input.value.split(";").at(-1).trim();
          if (!text || text.includes("#")) return;
          const url = `${palette?.dataset.suggestUrl}?type=${encodeURIComponent(input.dataset.suggest)}&q=${encodeURIComponent(text)}`;
          const answer = await fetch(url);
          if (!answer.ok) return;
          const found = await answer.json();
          list.replaceChildren(
            ...found.records.map((one) => {
              const option = make("option");
              option.value = `${one.name} #${one.id}`;
              option.label = one.hint ? `${one.name} · ${one.hint}` : one.name;
              return option;
            }),
          );
        }, 150),
      );
    }
  };
  suggestAll(document);

  // Choosing rows: all of a page, a run of them with Shift, and how many there are.
  const boxes = () => $$('input[name="ids"]');
  const chosen = $("[data-chosen]");
  const tell = () => {
    if (chosen) chosen.textContent = String(boxes().filter((one) => one.checked).length || "");
  };
  let last = null;
  for (const all of $$("[data-all]")) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const one of $$('input[name="ids"]', all.closest("table"))) one.checked = all.checked;
      tell();
    });
  }
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.('input[name="ids"]');
    if (!box) return;
    if (event.shiftKey && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
      for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    tell();
  });

  // A pop-up closes by a click beside it or Escape.
  document.addEventListener("click", (event) => {
    for (const pop of $$("details.crm-pop[open], details.crm-move[open]")) {
      if (!pop.contains(event.target) && event.target.isConnected) pop.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const pop of $$("details.crm-pop[open], details.crm-move[open]")) {
      pop.open = false;
      $("summary", pop)?.focus();
    }
  });

  // Boards: a card is dragged to another lane; a refused one goes back.
  const board = $("[data-board][data-moves]");
  if (board) {
    let card = null;
    board.addEventListener("dragstart", (event) => {
      card = event.target.closest(".crm-card");
      card?.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card?.dataset.id ?? "");
    });
    board.addEventListener("dragend", () => {
      card?.classList.remove("is-dragged");
      for (const one of $$(".is-over", board)) one.classList.remove("is-over");
    });
    board.addEventListener("dragover", (event) => {
      const lane = event.target.closest(".crm-lane");
      if (!card || !lane) return;
      event.preventDefault();
      for (const one of $$(".crm-lane", board)) one.classList.toggle("is-over", one === lane);
    });
    board.addEventListener("drop", async (event) => {
      const lane = event.target.closest(".crm-lane");
      const list = lane && $(".crm-cards", lane);
      const from = card?.closest(".crm-cards");
      if (!card || !list) return;
      event.preventDefault();
      if (list.dataset.lane === from.dataset.lane) return;
      const moved = card;
      const next = moved.nextSibling;
      const count = (one, by) => {
        const place = $("[data-count]", one.closest(".crm-lane"));
        if (place && /^\d+$/.test(place.textContent)) place.textContent = String(Number(place.textContent) + by);
      };
      list.prepend(moved);
      const data = new FormData($("[data-csrf]"));
      data.set("id", moved.dataset.id);
      data.set("field", board.dataset.field);
      data.set("value", list.dataset.lane);
      const answer = await fetch(board.dataset.board, {
        method: "POST",
        body: data,
        headers: { "X-Requested-With": "fetch" },
      }).catch(() => null);
      const said = $("[data-said]");
      if (answer?.ok) {
        count(list, 1);
        count(from, -1);
        return;
      }
      from.insertBefore(moved, next);
      said.textContent = answer ? await answer.text() : "";
      said.classList.remove("sr");
      said.classList.add("crm-toast");
      setTimeout(() => said.classList.remove("crm-toast"), 6000);
      setTimeout(() => said.classList.add("sr"), 6000);
    });
  }
})();

// Forms of records: what is chosen among found records joins those chosen before, and the search closes.
(() => {
  document.addEventListener("change", (event) => {
    const found = event.target.closest(".picker__found");
    if (!found || !event.target.checked) return;
    const picker = found.closest(".picker");
    const have = picker.querySelector(".picker__have");
    if (event.target.type === "radio") have.replaceChildren();
    have.append(event.target.closest("label"));
    found.replaceChildren();
    const search = picker.querySelector('input[type="search"]');
    if (search) search.value = "";
    event.target.focus();
  });
  // Enter in a search of a form looks up instead of saving.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches('.picker input[type="search"]')) return;
    event.preventDefault();
    window.htmx?.trigger(event.target, "search");
  });
  // A right chosen for one object of a profile is that object's own.
  document.addEventListener("change", (event) => {
    const own = event.target.name?.startsWith("right.") && event.target.closest("tr")?.querySelector('[name$=".own"]');
    if (own && own !== event.target) own.checked = true;
  });
  // Another record type shows its own choices at once.
  document.addEventListener("change", (event) => {
    if (event.target.id === "f-record_type" || event.target.matches("[data-refresh]")) event.target.parentElement.querySelector("button")?.click();
  });
})();
