// What is opened beside the words that are being read: a citation, a term, what can be done with a selection. The text stays
// where it is; Escape, a click elsewhere or the button closes it, and the focus goes back to the words.
"use strict";

const sheet = document.getElementById("sheet");
const sheetContent = sheet?.querySelector(".sheet-content");
let sheetAnchor = null;

const isNarrow = () => matchMedia("(max-width: 36rem)").matches;

function placeSheet() {
  if (!sheetAnchor || isNarrow()) {
    for (const name of ["left", "top"]) sheet.style.removeProperty(name);
    return;
  }
  const words = sheetAnchor.getBoundingClientRect();
  const own = sheet.getBoundingClientRect();
  const isBelow = words.bottom + own.height + 16 < innerHeight || words.top < own.height + 16;
  const left = Math.max(8, Math.min(words.left - 24, document.documentElement.clientWidth - own.width - 8));
  sheet.style.left = `${left + scrollX}px`;
  const top = isBelow ? words.bottom + 6 : words.top - own.height - 6;
  sheet.style.top = `${Math.max(8, Math.min(top, innerHeight - own.height - 8)) + scrollY}px`;
}

function fillSheet(...nodes) {
  sheetContent.replaceChildren(...nodes);
  typeset(sheetContent);
  placeSheet();
}

function openSheet(anchor, label, ...nodes) {
  sheetAnchor = anchor;
  sheet.setAttribute("aria-label", label);
  if (!sheet.matches(":popover-open")) sheet.showPopover();
  fillSheet(...nodes);
  sheet.focus({ preventScroll: true });
}

function closeSheet() {
  if (sheet.matches(":popover-open")) sheet.hidePopover();
}

function words(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

// A part of a page, as nodes; throws with words for the person where it could not be had.
async function fetchPart(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { headers: { Accept: "text/html" }, ...options });
  } catch {
    throw new Error("papersys does not answer; try again in a moment.");
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok) throw new Error(page.querySelector("main")?.textContent.trim().replace(/\s+/g, " ") || "This could not be loaded.");
  return [...page.body.childNodes];
}

if (sheet) {
  sheet.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const isInside = sheet.contains(document.activeElement) || document.activeElement === document.body;
    if (sheetAnchor?.isConnected && isInside) sheetAnchor.focus?.({ preventScroll: true });
    sheetAnchor = null;
  });
  sheet.querySelector("[data-close]").addEventListener("click", closeSheet);
  addEventListener("resize", () => { if (sheetAnchor) placeSheet(); }, { passive: true });
}
