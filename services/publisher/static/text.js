// The full text of a paper: formulas as they come into view, where one stopped reading, size and width, and keys.
"use strict";

const reading = document.querySelector(".reading");
const SLICE_MS = 12;

// Formulas: what is in view first, then downwards, then what lies above, in slices that let the page be used meanwhile.

function inOrder(formulas) {
  const from = Math.max(0, formulas.findIndex((formula) => formula.getBoundingClientRect().bottom > 0));
  return [...formulas.slice(from), ...formulas.slice(0, from).reverse()];
}

function typesetSlice(formulas) {
  const end = performance.now() + SLICE_MS;
  while (formulas.length && performance.now() < end) typeset({ querySelectorAll: () => [formulas.shift()] });
}

function isInView(formula) {
  const place = formula.getBoundingClientRect();
  return place.bottom > -innerHeight && place.top < 2 * innerHeight;
}

function makeReachable() {
  // What scrolls sideways must be reached by keys too.
  for (const box of document.querySelectorAll(".reading .math.display, .reading .scroll, .reading pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else if (box.matches(".math")) box.removeAttribute("tabindex");
  }
}

function typesetAll() {
  const formulas = inOrder([...document.querySelectorAll("main .math:not(.typeset)")].filter((formula) => !formula.closest(".terms")));
  const near = formulas.filter(isInView);
  for (const formula of near) typeset({ querySelectorAll: () => [formula] });
  const rest = formulas.filter((formula) => !formula.classList.contains("typeset"));
  const goOn = () => {
    typesetSlice(rest);
    if (rest.length) setTimeout(goOn, 0);
    else makeReachable();
  };
  goOn();
}

// Where one stopped reading, in this browser.

const progress = reading?.querySelector("progress");
const STORE = reading && `papersys.reading.${reading.dataset.user}.${reading.dataset.paperId}`;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || null;
  } catch {
    return null;
  }
}

const blocks = reading ? [...reading.querySelectorAll(".passages [id]")] : [];

function topBlock() {
  return blocks.find((block) => block.getBoundingClientRect().bottom > 80) || null;
}

function share() {
  const text = reading.querySelector(".full-text").getBoundingClientRect();
  const seen = Math.min(1, Math.max(0, (innerHeight - text.top) / Math.max(1, text.height)));
  const [from, to] = [Number(reading.dataset.from), Number(reading.dataset.to)];
  return from + seen * (to - from);
}

function keepPlace() {
  const block = topBlock();
  if (!block || scrollY < 200) return;
  const part = new URLSearchParams(location.search).get("part") || "";
  const at = { id: block.id === "quote" ? "" : block.id, part, version: reading.dataset.version, share: share(), when: Date.now() };
  if (reading.dataset.claim && !scrolledByHand) return; // a look at a quote is no reading
  try {
    localStorage.setItem(STORE, JSON.stringify(at));
  } catch {
    // Private windows may keep nothing.
  }
}

function offerToResume() {
  const place = stored();
  const link = reading.querySelector(".resume");
  if (!place?.id || place.version !== reading.dataset.version || location.hash) return;
  const query = new URLSearchParams(place.part ? { part: place.part } : {});
  const asked = new URLSearchParams(location.search).get("version");
  if (asked) query.set("version", asked);
  link.href = `${location.pathname}${query.size ? `?${query}` : ""}#${encodeURIComponent(place.id)}`;
  link.textContent = `Continue at ${Math.round(100 * place.share)}%`;
  link.hidden = false;
}

let scrolledByHand = false;
let waitingToKeep = 0;

function onScroll() {
  progress.value = 100 * share();
  clearTimeout(waitingToKeep);
  waitingToKeep = setTimeout(keepPlace, 400);
  if (scrolledByHand) reading.querySelector(".resume").hidden = true;
}

// The section that is being read, in the contents.

function followContents() {
  const links = new Map([...reading.querySelectorAll(".contents a[href^='#']")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter(({ isIntersecting }) => isIntersecting)) {
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "location");
    }
  }, { rootMargin: "-10% 0px -70% 0px" });
  for (const id of links.keys()) if (document.getElementById(id)) seen.observe(document.getElementById(id));
}

// Size and width, at once; the form keeps them for the next page.

function applyStyle(event) {
  const button = event.submitter;
  if (!button?.name) return;
  if (button.name === "skim" && !hasMarks() && button.value !== "0") {
    // The marks come with the page; it opens again at the same paragraph.
    const place = topBlock()?.id;
    if (place) event.target.elements.next.value = `${location.pathname}${location.search}#${place}`;
    return;
  }
  event.preventDefault();
  const names = [...reading.classList].filter((name) => !name.startsWith(`${button.name}-`));
  const before = topBlock();
  reading.className = [...names, `${button.name}-${button.value}`].join(" ");
  before?.scrollIntoView({ block: "start" });
  for (const other of button.parentElement.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  const body = new URLSearchParams(new FormData(event.target, button));
  body.set("next", "/static/icon.svg"); // nothing to be built only to be thrown away
  fetch(event.target.action, { method: "POST", body }).catch(() => showToast("This setting was not saved.", true));
  makeReachable();
}

const hasMarks = () => reading.querySelector(".passages .skim") !== null || !reading.classList.contains("skim-0");

function stepSkimmed(distance) {
  const shown = [...reading.querySelectorAll(".passages .skim.first")].filter((mark) => getComputedStyle(mark).getPropertyValue("--is-shown"));
  const tops = shown.map((mark) => mark.getBoundingClientRect().top - 120);
  const index = distance > 0 ? tops.findIndex((top) => top > 5) : tops.findLastIndex((top) => top < -5);
  if (shown[index]) scrollBy({ top: tops[index] });
  else showToast(shown.length ? "No more marked sentences on this side." : "No sentences are marked; see Skim.");
}

// Keys: sections, claims, and back to the summary.

function stepSection(distance) {
  const headings = [...reading.querySelectorAll(".passages :is(h2, h3, h4, h5, h6)")];
  const tops = headings.map((heading) => heading.getBoundingClientRect().top - 90);
  const index = distance > 0 ? tops.findIndex((top) => top > 5) : tops.findLastIndex((top) => top < -5);
  headings[index]?.scrollIntoView({ block: "start" });
}

function stepClaim(distance) {
  const links = [...reading.querySelectorAll(".text-claims [data-claim]")];
  const index = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = index < 0 ? (distance > 0 ? 0 : links.length - 1) : index + distance;
  if (links[next]) links[next].click();
  else showToast(links.length ? "No more claims." : "The summary has no claims to show here.");
}

if (reading) {
  typesetAll();
  document.fonts.ready.then(makeReachable);
  document.getElementById("quote")?.scrollIntoView({ block: "center" });
  offerToResume();
  followContents();
  progress.value = 100 * share();
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(kind, () => { scrolledByHand = true; }, { passive: true });
  }
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("pagehide", keepPlace);
  addEventListener("resize", makeReachable, { passive: true });
  for (const form of document.querySelectorAll(".style")) form.addEventListener("submit", applyStyle);
  for (const side of document.querySelectorAll(".side")) {
    side.addEventListener("click", (event) => { if (event.target.closest("a") && side.matches(":popover-open")) side.hidePopover(); });
  }
  Object.assign(keys, {
    j: () => stepSection(1),
    k: () => stepSection(-1),
    n: () => stepClaim(1),
    p: () => stepClaim(-1),
    ".": () => stepSkimmed(1),
    ",": () => stepSkimmed(-1),
    e: () => reading.querySelector("[data-summary]").click(),
  });
  explainKeys([["j k", "next and previous section"], ["n p", "next and previous claim"], ["e", "back to the summary"], [". ,", "next and previous marked sentence"]]);
}
