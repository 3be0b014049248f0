"use strict";
/* Toasts leave after a while, unless they tell of an error or somebody is reading them. */
(() => {
  const STAY = 8000;

  const leave = (toast) => {
    if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), STAY);
    else toast.remove();
  };

  const watch = (root) => {
    for (const toast of root.querySelectorAll("[data-toast]:not([data-seen])")) {
      toast.dataset.seen = "";
      if (toast.dataset.toast !== "error") setTimeout(() => leave(toast), STAY);
    }
  };

  const say = (words) => {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.dataset.toast = "warning";
    toast.textContent = words;
    const toasts = document.getElementById("toasts");
    toasts.append(toast);
    watch(toasts);
  };

  document.addEventListener("click", (event) => {
    event.target.closest("[data-close]")?.closest("[data-toast]")?.remove();
  });
  document.addEventListener("DOMContentLoaded", () => watch(document));
  document.addEventListener("htmx:afterSettle", () => watch(document));
  document.addEventListener("htmx:sendError", () => {
    say("The portal cannot be reached. What you typed is still here; try again in a moment.");
  });
})();
