"use strict";
/* The queue's panes: the opened row is marked, and the list keeps its place when acts redraw it. */
(() => {
  const NARROW = matchMedia("(max-width: 860px)");
  let place = 0;

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest?.(".problem");
    if (!row) return;
    for (const other of document.querySelectorAll(".problem[aria-current]")) {
      other.removeAttribute("aria-current");
    }
    row.setAttribute("aria-current", "true");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "queue") {
      place = document.querySelector(".queue__list")?.scrollTop ?? 0;
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const list = document.querySelector(".queue__list");
    if (event.detail.target.id === "queue" && list) list.scrollTop = place;
    const chosen = event.detail.requestConfig?.elt?.closest?.(".problem");
    if (!chosen) return;
    const item = document.getElementById("item");
    if (NARROW.matches) item.scrollIntoView();
    else item.scrollTop = 0;
  });
})();
