// Weak signals: a paper was opened, here or at arXiv, and how long its full text was read. A page has this script where
// feedback.keep_signals allows that. They are sent without waiting for an answer, also when the page is left.
"use strict";

const ARXIV = document.currentScript.dataset.arxiv;
const ORIGINAL = /^\/(?:abs|pdf)\/(.+?)(?:v\d+)?(?:\.pdf)?$/;

function tell(content) {
  navigator.sendBeacon?.("/api/signal", new Blob([JSON.stringify(content)], { type: "application/json" }));
}

function tellOfOriginal(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin !== new URL(ARXIV).origin || event.button > 1) return;
  const id = ORIGINAL.exec(link.pathname)?.[1];
  if (id) tell({ paper_id: id, kind: "click" });
}

document.addEventListener("click", tellOfOriginal, true);
document.addEventListener("auxclick", tellOfOriginal, true);

// The read mark: the page of a paper, or of its text, was opened and looked at.
function markOpened() {
  const paper = document.querySelector("article.paper[data-paper], [data-opens]");
  if (!paper || paper.dataset.opened || document.hidden) return;
  const id = paper.dataset.paper || paper.dataset.opens;
  paper.dataset.opened = "yes";
  const from = document.referrer.startsWith(`${location.origin}/`) ? new URL(document.referrer).pathname : "";
  inTurn(() => send("/api/signal", { paper_id: id, kind: "open", reached_from: from }, ""));
}

document.addEventListener("visibilitychange", markOpened);
markOpened();

// Time with the text counts second by second, only while the page is in view and somebody scrolls, points or types now and then.

const TICK_MS = 1000;
const AWAY_AFTER_MS = 120_000;
const LEAST_SECONDS = 5;
const MOST_SECONDS = 3600;

function timeReading(paperId) {
  let seconds = 0;
  let told = 0;
  let lastSign = performance.now();
  const isRead = () => document.visibilityState === "visible" && performance.now() - lastSign < AWAY_AFTER_MS;
  const tellTime = () => {
    const value = Math.min(seconds, MOST_SECONDS - told);
    if (value < LEAST_SECONDS) return;
    tell({ paper_id: paperId, kind: "read", value });
    told += value;
    seconds = 0;
  };
  setInterval(() => { if (isRead()) seconds += 1; }, TICK_MS);
  for (const kind of ["scroll", "wheel", "touchmove", "keydown", "pointerdown", "pointermove"]) {
    addEventListener(kind, () => { lastSign = performance.now(); }, { passive: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") tellTime();
    else lastSign = performance.now();
  });
  addEventListener("pagehide", tellTime);
}

const readPaper = document.querySelector(".reading[data-paper-id]")?.dataset.paperId;
if (readPaper && !readPaper.startsWith("local:")) timeReading(readPaper);
