"use strict";
/* Dialogs: a fallback for browsers without invoker commands, and dialogs that open by themselves. */
(() => {
  const target = (button) => document.getElementById(button.getAttribute("commandfor"));

  if (!("commandForElement" in HTMLButtonElement.prototype)) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button[commandfor]");
      const dialog = button && target(button);
      if (!dialog) return;
      if (button.getAttribute("command") === "show-modal") dialog.showModal();
      if (button.getAttribute("command") === "close") dialog.close();
    });
  }

  const openWaiting = (root) => {
    const found = [...root.querySelectorAll("dialog[data-open]")];
    if (root.matches?.("dialog[data-open]")) found.push(root);
    for (const dialog of found) {
      dialog.removeAttribute("data-open");
      if (!dialog.open) dialog.showModal();
    }
  };

  document.addEventListener("DOMContentLoaded", () => openWaiting(document));
  document.addEventListener("htmx:load", (event) => openWaiting(event.detail.elt));
  /* A view ends a dialog with the header HX-Trigger: close-dialogs. */
  document.addEventListener("close-dialogs", () => {
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  });
})();
