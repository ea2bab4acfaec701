// My ads: choosing all at once, and asking before something is deleted. The page works without it.
(() => {
  const bar = document.getElementById("several");
  if (!bar) return;
  const ticks = [...document.querySelectorAll('input[name="ads"][form="several"]')];
  const all = bar.querySelector("[data-choose-all]");
  bar.querySelector("[data-all]").hidden = false;
  const follow = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    all.checked = chosen === ticks.length;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
    bar.classList.toggle("is-idle", chosen === 0);
  };
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    follow();
  });
  for (const tick of ticks) tick.addEventListener("change", follow);
  bar.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
  follow();
})();
