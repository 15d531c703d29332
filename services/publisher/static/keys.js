// Keyboard shortcuts of one key. They can be switched off (WCAG 2.1.4), for this browser.
"use strict";

const help = document.querySelector(".help");
const keySwitch = document.querySelector("[data-keys]");

function current() {
  const cited = main.querySelector(".sheet:popover-open [data-paper]");
  return cited || main.querySelector(".card.current[data-paper]") || main.querySelector(".paper[data-paper], .rate-text");
}

function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

function step(distance) {
  const all = cards();
  const chosen = all.find((card) => card.classList.contains("current"));
  if (chosen && isInView(chosen)) {
    go(all[Math.min(all.length - 1, Math.max(0, all.indexOf(chosen) + distance))]);
    return;
  }
  const visible = all.filter(isInView);
  const nearest = distance > 0 ? visible[0] : visible.at(-1);
  if (nearest || all.length) go(nearest || all[0]);
}

// What cannot be seen is not rated: the paper comes back into view first.
function sayOfCurrent(said) {
  const paper = current();
  if (!paper) {
    if (cards().length) showToast("Press j to select a paper first.");
  } else if (paper.matches(".card") && !isInView(paper)) {
    go(paper);
    showToast("This paper was out of view; press again.");
  } else {
    say(paper, said);
    if (GOING_ON.includes(said)) goOn(paper);
  }
}

const follow = (selector) => document.querySelector(selector)?.click();

function openCurrent() {
  current()?.querySelector("[data-open]")?.click();
}

function goBack() {
  if (document.referrer.startsWith(`${location.origin}/`) && history.length > 1) history.back();
  else location.href = "/";
}

// Of the keys those that do something on this page.
function showHelp() {
  const has = { lists: cards().length, papers: cards().length || current(), turning: document.querySelector("[data-older], [data-newer]") };
  for (const entry of help.querySelectorAll("[data-for]")) entry.hidden = !has[entry.dataset.for];
  help.showModal();
  document.getElementById("help-title").focus();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  l: () => sayOfCurrent("like"),
  d: () => sayOfCurrent("dislike"),
  u: () => sayOfCurrent("clear"),
  s: () => sayOfCurrent(current()?.dataset.saved ? "unsave" : "save"),
  x: () => sayOfCurrent("skip"),
  z: undo,
  o: openCurrent,
  b: goBack,
  t: () => { location.href = "/"; },
  "[": () => follow("[data-older]"),
  "]": () => follow("[data-newer]"),
  "/": () => {
    document.getElementById("q").focus();
    document.getElementById("q").select();
  },
  "?": showHelp,
};
const REPEATING = ["j", "k"];

function areKeysOn() {
  try {
    return localStorage.getItem("papersys-keys") !== "off";
  } catch {
    return true;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const isEnterOnCard = event.key === "Enter" && event.target.matches(".card");
  const action = isEnterOnCard ? openCurrent : areKeysOn() && !event.target.closest("[data-own-keys]") && keys[event.key];
  if (!action) return;
  event.preventDefault();
  // A key held down moves; it must not rate paper after paper.
  if (!event.repeat || REPEATING.includes(event.key)) action();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card) for (const other of cards()) other.classList.toggle("current", other === card);
});

function showKeySwitch() {
  keySwitch.checked = areKeysOn();
  document.querySelector(".keys").classList.toggle("off", !keySwitch.checked);
}

keySwitch.addEventListener("change", () => {
  try {
    localStorage.setItem("papersys-keys", keySwitch.checked ? "on" : "off");
  } catch {
    showToast("This browser does not let papersys remember that.", true);
  }
  showKeySwitch();
});
document.querySelector("[data-help]").addEventListener("click", showHelp);
showKeySwitch();
