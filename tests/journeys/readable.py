"""What a person with weak eyes, a shaky hand or a screen reader would stumble over on a page."""

from playwright.sync_api import Page

LOW_CONTRAST = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => {
    const mixed = [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
    return [...mixed, 1];
  };
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (one, two) => {
    const [high, low] = [light(one), light(two)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const root = document.querySelector("dialog[open]") ?? document.body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest(":disabled, .sr, .skip")) continue;
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const below = ground(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const measured = ratio(over(rgba(ink), below), below);
    if (measured < (large ? 3 : 4.5)) {
      found.push(`${measured.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
    }
  }
  return [...new Set(found)];
}"""

SMALL_TARGETS = """() => {
  const found = [];
  for (const element of document.querySelectorAll("a[href], button, input, select, summary")) {
    if (!element.checkVisibility() || element.matches("[type=hidden], .skip")) continue;
    const inText = getComputedStyle(element).display === "inline";
    if (inText) continue;
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    if (box.width < 24 || box.height < 24) {
      const size = `${Math.round(box.width)}x${Math.round(box.height)}`;
      found.push(`${size} ${element.outerHTML}`.slice(0, 90));
    }
  }
  return found;
}"""

NAMELESS = """() => {
  const named = (e) => (e.getAttribute("aria-label") ?? "").trim()
    || (e.getAttribute("aria-labelledby") ?? "").trim()
    || (e.labels && e.labels.length > 0)
    || e.textContent.trim() || e.querySelector("[aria-label]");
  return [...document.querySelectorAll("a[href], button, input, select, textarea, dialog, nav")]
    .filter((e) => e.type !== "hidden" && !e.hidden && !named(e))
    .map((e) => e.outerHTML.slice(0, 90));
}"""

DOUBLE_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}"""

TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const scrolls = (e) => e && e !== root && e !== document.body
    && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX)
        || scrolls(e.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(e))
    .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`.slice(0, 80));
}"""


def stumbles(page: Page) -> dict[str, list[str]]:
    """Everything found, by kind (WCAG 2.2: 1.4.3, 1.4.10, 2.5.8, 4.1.2); empty when it is fine."""
    checks = {
        "contrast below 4.5": LOW_CONTRAST,
        "target below 24 px": SMALL_TARGETS,
        "without a name": NAMELESS,
        "id twice": DOUBLE_IDS,
        "wider than the page": TOO_WIDE,
    }
    return {kind: found for kind, check in checks.items() if (found := page.evaluate(check))}
