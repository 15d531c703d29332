// Ratings, saving, skipping and undo: shown at once, told to the reader one after the other, taken back where that failed.
"use strict";

const cards = () => [...main.querySelectorAll(".card[data-paper]")];
const elementsOf = (id) => [...document.querySelectorAll("[data-paper]")].filter((one) => one.dataset.paper === id);

const STATE_NAMES = ["label", "saved", "skipped", "opened"];
const stateOf = (paper) => Object.fromEntries(STATE_NAMES.map((name) => [name, paper.dataset[name] || ""]));

// What each word does to what a paper shows.
const CHANGES = {
  like: { label: "like" },
  dislike: { label: "dislike" },
  clear: { label: "" },
  save: { saved: "yes" },
  unsave: { saved: "" },
  skip: { skipped: "yes" },
  unskip: { skipped: "" },
  open: { opened: "yes" },
  unopen: { opened: "" },
};

const DONE = {
  like: (title) => `Liked “${title}”.`,
  dislike: (title) => `Disliked “${title}”.`,
  clear: (title) => `Rating removed: “${title}”.`,
  save: (title) => `Saved for later: “${title}”.`,
  unsave: (title) => `Removed from Saved: “${title}”.`,
  skip: (title) => `Skipped “${title}”.`,
  unskip: (title) => `No longer skipped: “${title}”.`,
  unopen: (title) => `Marked as unread: “${title}”.`,
};

const MOST_CHARACTERS = 50;
const shortTitle = (title) => title.length > MOST_CHARACTERS ? `${title.slice(0, MOST_CHARACTERS).replace(/\s+\S*$/, "")} …` : title;

// After these a reader goes on to the next paper; after those that take something back they stay.
const GOING_ON = ["like", "dislike", "save", "skip"];

function showState(paper, state) {
  Object.assign(paper.dataset, state);
  const isSkipped = paper.dataset.skipped && !paper.dataset.label;
  for (const button of paper.querySelectorAll(".rating button")) {
    const { label, kind } = button.dataset;
    const isPressed = label ? label === paper.dataset.label : kind === "save" ? Boolean(paper.dataset.saved) : Boolean(isSkipped);
    button.setAttribute("aria-pressed", String(isPressed));
    if (kind === "skip" && paper.dataset.label && document.activeElement === button) {
      paper.querySelector(`[data-label="${paper.dataset.label}"]`)?.focus();  // Who rates has nothing left to skip.
    }
    button.value = label ? (isPressed ? "clear" : label) : (isPressed ? `un${kind}` : kind);
  }
}

async function send(address, content, what) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept": "application/json" },
      body: JSON.stringify(content),
      keepalive: true,
    });
    const body = await response.json().catch(() => ({}));
    return response.ok ? body : { error: body.error || `${what} (error ${response.status}).` };
  } catch {
    return { error: `${what}: papersys does not answer.` };
  }
}

// One after the other: the newest word counts, so an earlier one must not overtake it, nor an undo what it undoes.
let line = Promise.resolve();
function inTurn(task) {
  line = line.then(task, task);
  return line;
}

const turns = new Map();

function newTurn(id) {
  turns.set(id, (turns.get(id) || 0) + 1);
  return turns.get(id);
}

// What was said and is not answered yet outlives the page: it was shown, so leaving or reloading the page at once must not
// lose it. It is sent again under the same id, which papersys keeps once.
const UNANSWERED = "papersys-unanswered";
const MOST_AGE_MS = 600_000;
let isLeaving = false;

function unanswered() {
  try {
    const words = JSON.parse(sessionStorage.getItem(UNANSWERED) || "[]");
    return words.filter((word) => Date.now() - word.time < MOST_AGE_MS);
  } catch {
    return [];
  }
}

function keepUnanswered(words) {
  try {
    sessionStorage.setItem(UNANSWERED, JSON.stringify(words));
  } catch {
    // A browser that stores nothing sends it while the page is there.
  }
}

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function tellOnce(word) {
  const isRating = "label" in CHANGES[word.said];
  const facts = isRating ? { label: word.said } : { kind: word.said };
  const what = isRating ? "Your rating was not saved" : "This was not saved";
  const content = { paper_id: word.id, event_id: word.eventId, ...facts };
  const { error } = await inTurn(() => send(isRating ? "/api/rating" : "/api/signal", content, what));
  if (!(error && isLeaving)) keepUnanswered(unanswered().filter(({ eventId }) => eventId !== word.eventId));
  return error;
}

function showUnanswered() {
  for (const { id, said } of unanswered()) {
    for (const element of elementsOf(id)) showState(element, { ...stateOf(element), ...CHANGES[said] });
  }
}

async function tellUnanswered() {
  const words = unanswered();
  const before = new Map(words.flatMap(({ id }) => elementsOf(id)).map((element) => [element, stateOf(element)]));
  showUnanswered();
  for (const word of words) {
    const error = await tellOnce(word);
    if (!error) continue;
    for (const element of elementsOf(word.id)) if (before.has(element)) showState(element, before.get(element));
    showToast(error, true);
  }
}

async function say(paper, said) {
  const id = paper.dataset.paper;
  const before = stateOf(paper);
  const after = { ...before, ...CHANGES[said] };
  if (STATE_NAMES.every((name) => before[name] === after[name])) return;
  const turn = newTurn(id);
  for (const element of elementsOf(id)) showState(element, after);
  const word = { id, said, eventId: newId(), time: Date.now() };
  keepUnanswered([...unanswered(), word]);
  const error = await tellOnce(word);
  if (error) {
    if (turns.get(id) === turn) for (const element of elementsOf(id)) showState(element, before);
    showToast(error, true);
  } else if (turns.get(id) === turn) {
    showToast(DONE[said](shortTitle(paper.dataset.title)), false, true);
  }
}

async function undo() {
  const { error, text, papers } = await inTurn(() => send("/api/undo", {}, "Nothing was undone"));
  if (error) {
    showToast(error, true);
    return;
  }
  for (const { paper_id: id, ...state } of papers) {
    newTurn(id);
    const shown = Object.fromEntries(STATE_NAMES.map((name) => [name, state[name] === true ? "yes" : state[name] || ""]));
    for (const element of elementsOf(id)) showState(element, shown);
  }
  showToast(text);
  const card = papers.length && cards().find((one) => one.dataset.paper === papers[0].paper_id);
  if (card) go(card);
}

// The next paper

function go(card, block) {
  const folded = card.closest("details:not([open])");
  if (folded) folded.open = true;
  for (const other of cards()) other.classList.toggle("current", other === card);
  card.focus({ preventScroll: true });
  const isTall = card.offsetHeight > window.innerHeight;
  card.scrollIntoView({ block: block || (isTall ? "start" : "nearest") });
}

function goOn(paper) {
  const all = cards();
  const next = all[all.indexOf(paper) + 1];
  if (next && all.includes(paper)) go(next, "start");
}

// Buttons

let pointer = "";
document.addEventListener("pointerdown", (event) => { pointer = event.pointerType; }, true);
document.addEventListener("keydown", () => { pointer = ""; }, true);

document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target.matches("[action='/api/undo']")) {
    event.preventDefault();
    undo();
  }
  const paper = target.closest("[data-paper]");
  if (!paper || !submitter || !target.matches("[action='/api/rating'], [action='/api/signal']")) return;
  event.preventDefault();
  const said = submitter.value;
  say(paper, said);
  // By touch one goes on to the next paper; a mouse, or a key on the button, stays where it is.
  if (pointer === "touch" && GOING_ON.includes(said)) goOn(paper);
});

toaster.querySelector("[data-undo]").addEventListener("click", undo);

addEventListener("pagehide", () => { isLeaving = true; });
addEventListener("pageshow", (event) => {
  isLeaving = false;
  if (event.persisted) tellUnanswered();
});
document.addEventListener("submit", ({ target }) => {
  if (target.matches("[action='/logout']")) keepUnanswered([]);  // They were this person's.
});
tellUnanswered();
