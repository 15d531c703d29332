// The reader's page: formulas, what it tells, and reloading while papers are being summarised.
"use strict";

const main = document.querySelector("main");
const toaster = document.querySelector(".toaster");
const toast = toaster.querySelector(".toast");
let toastTimer = 0;

// KaTeX sets widths of its arrows in `style` attributes, which the page's policy forbids; as properties it allows them.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function setAllowedAttribute(name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

function typeset(root) {
  if (!window.katex) return;
  for (const formula of root.querySelectorAll(".math:not(.typeset)")) {
    const source = formula.textContent;
    const displayMode = formula.classList.contains("display");
    try {
      const options = { displayMode, throwOnError: true, strict: "ignore", trust: false, maxSize: 20, maxExpand: 500 };
      window.katex.render(source, formula, options);
      formula.classList.add("typeset");
    } catch {
      formula.textContent = source;
      formula.title = "This formula could not be typeset; its TeX source is shown.";
    }
  }
}

// What was done, or why not, in a region that screen readers announce; it is always there, so that they watch it.
function showToast(text, isWrong = false, canUndo = false) {
  clearTimeout(toastTimer);
  toast.textContent = text;
  toaster.classList.add("shown");
  toaster.classList.toggle("wrong", isWrong);
  const undoButton = toaster.querySelector("[data-undo]");
  if (!canUndo && document.activeElement === undoButton) main.focus({ preventScroll: true });
  undoButton.hidden = !canUndo;
  toastTimer = setTimeout(hideToast, isWrong ? 9000 : canUndo ? 6000 : 3500);
}

function hideToast() {
  if (toaster.matches(":hover, :focus-within")) {
    toastTimer = setTimeout(hideToast, 1500);
    return;
  }
  toaster.classList.remove("shown");
  toaster.querySelector("[data-undo]").hidden = true;
  toast.textContent = "";
}

// Reloading

async function reload() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok && response.status !== 404) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("main");
    const isNew = fresh?.dataset.state && fresh.dataset.state !== main.dataset.state;
    if (isNew && !isBeingFilledIn()) replace(fresh);
    const demo = page.querySelector(".demo");
    if (demo && demo.textContent !== document.querySelector(".demo").textContent) document.querySelector(".demo").replaceWith(demo);
  } catch {
    // The reader is away; the next attempt may reach it.
  }
}

// Whoever types in a form of the page would lose what was typed.
function isBeingFilledIn() {
  const fields = [...main.querySelectorAll("input:not([type=hidden]), textarea")];
  return main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary";

// Where the focus is, in words that hold in the page that replaces this one.
function focusPlace() {
  const element = document.activeElement;
  if (!main.contains(element)) return null;
  const around = element.closest("[id]");
  return { id: around.id, index: [...around.querySelectorAll(FOCUSABLE)].indexOf(element) };
}

function focusAgain(place) {
  const around = place && document.getElementById(place.id);
  const element = around && (around.querySelectorAll(FOCUSABLE)[place.index] || around);
  element?.focus({ preventScroll: true });
}

const detailsName = (details) => `${details.closest("[id]")?.id} ${details.querySelector("summary")?.textContent}`;

function replace(fresh) {
  const chosen = main.querySelector(".card.current")?.id;
  const place = focusPlace();
  const open = new Set([...main.querySelectorAll("details[open]")].map(detailsName));
  const unfolded = [...main.querySelectorAll("details[id][open]")].map((details) => details.id);
  main.replaceChildren(...fresh.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  for (const name of ["state", "poll"]) {
    if (name in fresh.dataset) main.dataset[name] = fresh.dataset[name];
    else delete main.dataset[name];
  }
  for (const details of main.querySelectorAll("details")) if (open.has(detailsName(details))) details.open = true;
  typeset(main);
  showUnanswered();
  if (chosen) document.getElementById(chosen)?.classList.add("current");
  focusAgain(place);
}

async function keepReloading() {
  for (;;) {
    const seconds = Number(main.dataset.poll || 0);
    if (!seconds) return;
    await new Promise((done) => { setTimeout(done, seconds * 1000); });
    if (!document.hidden && !("editing" in main.dataset)) await reload();
  }
}

if (main.dataset.typeset !== "lazily") typeset(document);
keepReloading();
