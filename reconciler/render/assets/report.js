"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll("[data-action]")];
  const words = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
  const chips = [...document.querySelectorAll(".chip[value]")];
  const selects = ["kind", "severity"].map((name) => [name, $(name)]);

  const filter = () => {
    const wanted = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const pressed = chips.filter((c) => c.getAttribute("aria-pressed") === "true");
    const chosen = (by) => pressed.filter((c) => c.dataset.by === by).map((c) => c.value);
    const actions = chosen("action");
    const directions = chosen("direction");
    let shown = 0;
    for (const card of cards) {
      const fits =
        wanted.every((word) => words.get(card).includes(word)) &&
        (!actions.length || actions.includes(card.dataset.action)) &&
        (!directions.length || card.dataset.direction.split(" ").some((d) => directions.includes(d))) &&
        selects.every(([name, select]) => !select.value || card.dataset[name] === select.value);
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const active = wanted.length || pressed.length || selects.some(([, select]) => select.value);
    for (const same of document.querySelectorAll(".same")) {
      const left = [...same.querySelectorAll("[data-action]")].some((row) => !row.hidden);
      same.hidden = !left;
      same.open = Boolean(active && left);
    }
    for (const pool of document.querySelectorAll(".pool")) {
      pool.hidden = Boolean(active) && [...pool.querySelectorAll("[data-action]")].every((card) => card.hidden);
    }
    $("count").textContent = `${shown} of ${cards.length} shown`;
    $("none").hidden = shown > 0;
    $("reset").hidden = !active;
  };

  const open = (state) => () => {
    for (const card of document.querySelectorAll("details.card")) card.open = state;
  };

  $("search").addEventListener("input", filter);
  for (const [, select] of selects) select.addEventListener("change", filter);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  $("reset").addEventListener("click", () => {
    $("search").value = "";
    for (const [, select] of selects) select.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    filter();
  });
  $("open").addEventListener("click", open(true));
  $("close").addEventListener("click", open(false));
  const reveal = () => {
    const card = location.hash.length > 1 && $(location.hash.slice(1));
    if (card && card.tagName === "DETAILS") {
      if (card.hidden) $("reset").click();
      card.open = true;
      card.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  $("bar").hidden = false;
  filter();
  reveal();
})();
