"use strict";
/* The keyboard. A page names its keys with data-key on the element that acts; rows are table rows
   with a link and anything with data-row. Single letters can be turned off by the person. */
(() => {
  const shown = (element) => element.getClientRects().length > 0;
  const typing = (target) => {
    const field = target.closest?.(
      "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]",
    );
    return field && shown(field);
  };
  const letters = () => document.documentElement.dataset.keys !== "off";
  let going = 0;

  const rows = () => [
    ...document.querySelectorAll("main [data-row], main .table tbody tr:has(a)"),
  ].filter(shown);

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
    const link = next.matches("a") ? next : next.querySelector("a");
    link?.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const finding = (by) => {
    const all = [...document.querySelectorAll("[data-finding]")].filter(shown);
    const now = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
    all.forEach((one) => one.classList.toggle("finding--here", one === next));
    next?.focus();
    next?.scrollIntoView({ block: "start" });
  };

  const tick = () => {
    const row = rows().find((one) => one.contains(document.activeElement));
    row?.querySelector("input[type=checkbox]")?.click();
  };

  const press = (key) => {
    const root = document.querySelector("dialog[open]") ?? document;
    const found = [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
    if (!found) return false;
    if (found.matches("[popovertarget]")) found.scrollIntoView({ block: "center" });
    if (found.matches("input, textarea, select")) found.focus();
    else found.click();
    return true;
  };

  const go = (key) => {
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (place) location.assign(place.href);
    return Boolean(place);
  };

  const show = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  };

  const label = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((cap) => cap.remove());
    return element.dataset.label ?? element.getAttribute("aria-label") ?? copy.textContent.trim();
  };

  /* The sheet lists what this page answers to, read from the page itself. */
  const fillSheet = () => {
    const here = document.querySelector("[data-keys-here]");
    if (!here) return;
    const found = [...document.querySelectorAll("main [data-key]")].filter(shown);
    const lines = found.map((element) => {
      const line = document.createElement("div");
      const name = document.createElement("dt");
      const keys = document.createElement("dd");
      const cap = document.createElement("kbd");
      name.textContent = label(element);
      cap.textContent = element.dataset.key;
      keys.append(cap);
      line.append(name, keys);
      return line;
    });
    here.hidden = lines.length === 0;
    here.querySelector("dl").replaceChildren(...lines);
  };

  const moves = {
    j: () => step(1),
    k: () => step(-1),
    n: () => finding(1),
    p: () => finding(-1),
    x: tick,
    "?": () => show("keys"),
    "/": () => show("finder"),
  };

  const letter = (event) => {
    if (Date.now() - going < 1500) {
      going = 0;
      return go(event.key);
    }
    if (press(event.key)) return true;
    if (document.querySelector("dialog[open]")) return false;
    if (event.key === "g") {
      going = Date.now();
      return true;
    }
    if (!(event.key in moves)) return false;
    moves[event.key]();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show("finder");
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Enter" && event.target === document.body) {
      if (press("↵")) event.preventDefault();
      return;
    }
    if (event.key.length !== 1 || !letters() || typing(event.target)) return;
    if (letter(event)) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
      for (const cap of document.querySelectorAll("[data-mod]")) cap.textContent = "Ctrl K";
    }
    document.getElementById("keys")?.addEventListener("toggle", fillSheet);
  });
})();
