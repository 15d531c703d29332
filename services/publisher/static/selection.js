// What can be done with selected words: find similar, ask, note, copy with their source. By mouse, touch and keys alike.
"use strict";

const MOST_SELECTED = 4000;
const MOST_ASKED = 1200;
const SHORTEST = 3;

const selectionBar = document.querySelector(".selection-bar");
let chosen = null; // A tap on a button may clear the selection of a phone: what was selected is kept until it is done.

function sectionOf(block) {
  const headings = [...reading.querySelectorAll(".passages :is(h2, h3, h4, h5, h6)")];
  const above = headings.filter((heading) => heading === block || heading.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (!above.length) return "";
  const copy = above.at(-1).cloneNode(true);
  for (const formula of copy.querySelectorAll(".math")) formula.replaceWith(texOf(formula));
  copy.querySelector(".anchor")?.remove();
  return copy.textContent.trim();
}

function addressOf(block) {
  const query = new URLSearchParams({ version: reading.dataset.version });
  if (block.id === "quote") return `${location.pathname}${location.search}#quote`;
  const part = new URLSearchParams(location.search).get("part");
  if (part) query.set("part", part);
  return `${location.pathname}?${query}#${block.id}`;
}

function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = (node) => {
    const element = node.closest ? node : node.parentElement;
    return element?.closest(".full-text") && !element.closest(".own-note");
  };
  if (!inside(range.startContainer) || !inside(range.endContainer)) return null;
  const text = plainText(range);
  if (text.length < SHORTEST) return null;
  const element = range.startContainer.closest ? range.startContainer : range.startContainer.parentElement;
  const block = element.closest(".passages [id], .notes [id], .references [id]") || element.closest("[id]");
  return { text: text.slice(0, MOST_SELECTED), block, range: range.cloneRange() };
}

function placeBar() {
  if (isNarrow()) {
    selectionBar.style.removeProperty("top");
    selectionBar.style.removeProperty("left");
    return;
  }
  const words = chosen.range.getBoundingClientRect();
  const around = reading.getBoundingClientRect();
  const own = selectionBar.getBoundingClientRect();
  const top = words.top - own.height - 8 > 60 ? words.top - own.height - 8 : words.bottom + 8;
  selectionBar.style.top = `${top - around.top}px`;
  selectionBar.style.left = `${Math.max(0, Math.min(words.left - around.left, around.width - own.width))}px`;
}

function showBar() {
  const now = selected();
  if (!now) {
    if (!selectionBar.contains(document.activeElement)) selectionBar.hidden = true;
    return;
  }
  chosen = now;
  const wasHidden = selectionBar.hidden;
  selectionBar.hidden = false;
  // Right behind the words, so that the Tab key comes to it next.
  if (chosen.block.matches(".passages p, .passages blockquote") && selectionBar.previousElementSibling !== chosen.block) chosen.block.after(selectionBar);
  placeBar();
  if (wasHidden) document.querySelector("[data-selection-status]").textContent = "Selected. Find similar, Ask, Note and Copy follow the text.";
}

function source() {
  const section = sectionOf(chosen.block);
  return `${reading.dataset.cite}${section ? `, section “${section}”` : ""}`;
}

async function findSimilar() {
  openSheet(chosen.block, "Similar to the selection", words("p", "Looking …", "small"));
  try {
    const body = new URLSearchParams({ passage: chosen.text, paper_id: reading.dataset.paperId });
    fillSheet(...await fetchPart("/similar-passages", { method: "POST", body }));
  } catch (error) {
    fillSheet(words("p", error.message, "note wrong"));
  }
  sheet.focus({ preventScroll: true });
}

function askAbout() {
  const quoted = chosen.text.length > MOST_ASKED ? `${chosen.text.slice(0, MOST_ASKED).replace(/\s+\S*$/, "")} …` : chosen.text;
  const query = new URLSearchParams({ question: `About “${quoted}”:`, narrow: reading.dataset.paperId });
  location.href = `/ask?${query}`;
}

async function saveNote(event) {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  const { text, block } = chosen;
  const facts = { paper_id: reading.dataset.paperId, passage: text, section: sectionOf(block).slice(0, 300), address: addressOf(block), remark: event.target.remark.value };
  const { error } = await send("/api/note/passage", facts, "Your note was not saved");
  button.disabled = false;
  showToast(error || "Added to your note on this paper.", Boolean(error));
  if (!error) closeSheet();
}

function writeNote() {
  const form = document.getElementById("passage-note").content.cloneNode(true).firstElementChild;
  form.querySelector("blockquote").textContent = chosen.text;
  form.addEventListener("submit", saveNote);
  form.remark.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  openSheet(chosen.block, "Note on the selection", form);
  form.remark.focus();
}

const ACTIONS = {
  similar: findSimilar,
  ask: askAbout,
  note: writeNote,
  copy: () => copyAndSay(selectionBar.querySelector("[data-do=copy]"), `“${chosen.text}” (${source()})`, "Copied with its source."),
};

function act(name) {
  if (!chosen || !selectionBar.querySelector(`[data-do=${name}]`)) return;
  getSelection().rangeCount || getSelection().addRange(chosen.range);
  if (!chosen.block.hasAttribute("tabindex")) chosen.block.tabIndex = -1; // so that the focus can come back to it
  ACTIONS[name]();
  if (name !== "copy") selectionBar.hidden = true;
}

function actByKey(name) {
  const now = selected();
  if (now) chosen = now;
  if (now || !selectionBar.hidden) act(name);
  else showToast("Select words first: v selects a sentence, V the one before.");
}

// A sentence at a time, from where one reads; Shift and the arrow keys go on from there, as in any text.
let sentencesHere = { block: null, all: [], index: -1 };

function isVisible({ all, index }) {
  const place = all[index]?.range.getBoundingClientRect();
  return Boolean(place?.height) && place.bottom > 60 && place.top < innerHeight;
}

function selectSentence(distance) {
  const all = [...document.querySelectorAll(BLOCKS)];
  // The sentence of last time again where it is still in view and no longer selected.
  const isSelected = getSelection().rangeCount && !getSelection().isCollapsed;
  const current = isVisible(sentencesHere) ? sentencesHere : null;
  let block = current?.block || all.find((one) => one.getBoundingClientRect().bottom > 90);
  let sentences = current?.all || (block ? sentencesOf(block) : []);
  let index = current ? current.index + (isSelected ? distance : 0) : 0;
  while (block && !sentences[index]) {
    block = all[all.indexOf(block) + (distance > 0 ? 1 : -1)];
    sentences = block ? sentencesOf(block) : [];
    index = distance > 0 ? 0 : sentences.length - 1;
  }
  if (!block) return;
  sentencesHere = { block, all: sentences, index };
  getSelection().removeAllRanges();
  getSelection().addRange(sentences[index].range);
  const { top, bottom } = sentences[index].range.getBoundingClientRect();
  if (top < 100 || bottom > innerHeight - 40) block.scrollIntoView({ block: "center" });
  document.querySelector("[data-selection-status]").textContent = plainText(sentences[index].range);
  showBar();
}

let waitingForEnd = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(waitingForEnd);
  waitingForEnd = setTimeout(showBar, 200);
});
selectionBar.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
selectionBar.addEventListener("click", (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  if (name) act(name);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || selectionBar.hidden || sheet.matches(":popover-open")) return;
  getSelection().removeAllRanges();
  selectionBar.hidden = true;
});
Object.assign(keys, {
  v: () => selectSentence(1),
  V: () => selectSentence(-1),
  f: () => actByKey("similar"),
  a: () => actByKey("ask"),
  w: () => actByKey("note"),
  c: () => actByKey("copy"),
});
explainKeys([["v V", "select the next or previous sentence"], ["f", "find what is similar to the selection"], ["a", "ask about it"], ["w", "write a note on it"], ["c", "copy it with its source"]]);
