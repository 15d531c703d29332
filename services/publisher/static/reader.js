// The reader's page: formulas, ratings by button and key, and reloading while papers are being summarised.
"use strict";

const main = document.querySelector("main");
const toast = document.querySelector(".toast");
const help = document.querySelector(".help");
let toastTimer = 0;

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

function showToast(text, isWrong = false) {
  clearTimeout(toastTimer);
  toast.textContent = text;
  toast.classList.toggle("wrong", isWrong);
  toast.hidden = false;
  toastTimer = setTimeout(() => { toast.hidden = true; }, isWrong ? 9000 : 2500);
}

// Ratings

function showRating(paper, label) {
  paper.dataset.label = label;
  for (const button of paper.querySelectorAll(".rating button")) {
    const pressed = button.dataset.label === label;
    button.setAttribute("aria-pressed", String(pressed));
    button.value = pressed ? "clear" : button.dataset.label;
  }
}

async function post(paper_id, label) {
  let response;
  try {
    response = await fetch("/api/rating", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept": "application/json" },
      body: JSON.stringify({ paper_id, label }),
    });
  } catch {
    return "Your rating was not saved: papersys does not answer.";
  }
  const body = await response.json().catch(() => ({}));
  return response.ok ? "" : body.error || `Your rating was not saved (error ${response.status}).`;
}

const sent = new Map();
const waiting = new Map();

async function rate(paper, label) {
  const before = paper.dataset.label;
  const shown = label === "clear" ? "" : label;
  if (before === shown) return;
  const id = paper.dataset.paper;
  const turn = (sent.get(id) || 0) + 1;
  sent.set(id, turn);
  showRating(paper, shown);
  // One after the other: the newest rating counts, so an earlier one must not overtake it on the way.
  const posting = (waiting.get(id) || Promise.resolve()).then(() => post(id, label));
  waiting.set(id, posting);
  const problem = await posting;
  if (problem) {
    if (sent.get(id) === turn) showRating(paper, before);
    showToast(problem, true);
  } else if (sent.get(id) === turn) {
    showToast({ like: "Liked.", dislike: "Disliked.", clear: "Rating removed." }[label]);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".rating") || !event.submitter) return;
  event.preventDefault();
  rate(event.target.closest("[data-paper]"), event.submitter.value);
});

// Keyboard shortcuts

const cards = () => [...main.querySelectorAll(".card")];

function current() {
  return main.querySelector(".card.current") || main.querySelector(".paper[data-paper]");
}

function go(card) {
  const fold = card.closest("details:not([open])");
  if (fold) fold.open = true;
  for (const other of cards()) other.classList.toggle("current", other === card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function step(distance) {
  const all = cards();
  const index = all.indexOf(main.querySelector(".card.current"));
  const next = index < 0 ? 0 : Math.min(all.length - 1, Math.max(0, index + distance));
  if (all[next]) go(all[next]);
}

function rateCurrent(label) {
  const paper = current();
  if (paper) rate(paper, label);
  else if (cards().length) showToast("Press j to select a paper first.");
}

const follow = (selector) => document.querySelector(selector)?.click();

const keys = {
  j: () => step(1),
  k: () => step(-1),
  l: () => rateCurrent("like"),
  d: () => rateCurrent("dislike"),
  u: () => rateCurrent("clear"),
  o: () => current()?.querySelector("[data-open]")?.click(),
  t: () => { location.href = "/"; },
  "[": () => follow("[data-older]"),
  "]": () => follow("[data-newer]"),
  "/": () => document.getElementById("q").select(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const isOnCard = event.target.matches(".card");
  const action = event.key === "Enter" && isOnCard ? keys.o : keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card) for (const other of cards()) other.classList.toggle("current", other === card);
});

document.querySelector("[data-help]").addEventListener("click", () => help.showModal());

// Reloading

async function reload() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok && response.status !== 404) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("main");
    if (fresh?.dataset.state && fresh.dataset.state !== main.dataset.state) replace(fresh);
  } catch {
    // The reader is away; the next attempt may reach it.
  }
}

function replace(fresh) {
  const chosen = main.querySelector(".card.current")?.id;
  const hadFocus = main.contains(document.activeElement);
  const unfolded = [...main.querySelectorAll("details[id][open]")].map((details) => details.id);
  main.replaceChildren(...fresh.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  for (const name of ["state", "poll"]) {
    if (name in fresh.dataset) main.dataset[name] = fresh.dataset[name];
    else delete main.dataset[name];
  }
  typeset(main);
  const again = chosen && document.getElementById(chosen);
  if (again && hadFocus) go(again);
  else if (again) again.classList.add("current");
}

async function keepReloading() {
  for (;;) {
    const seconds = Number(main.dataset.poll || 0);
    if (!seconds) return;
    await new Promise((done) => { setTimeout(done, seconds * 1000); });
    if (!document.hidden) await reload();
  }
}

typeset(document);
keepReloading();
