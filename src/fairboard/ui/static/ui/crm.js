/* What pages of the CRM do beyond htmx; every one of them works without it. */
"use strict";

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
