// The text beside its translation: a paragraph is translated when one comes to it, so that only what is read is paid for.
"use strict";

const MOST_AT_ONCE = 5;
const TRANSLATED = ".passages :is(h2, h3, h4, h5, h6, p, blockquote, figcaption)[data-at], .passages [data-table-at]";

const startOf = (block) => block.dataset.at ?? block.dataset.tableAt;
const blockAt = (start) => reading.querySelector(`[data-at="${Number(start)}"], [data-table-at="${Number(start)}"]`);
let translating = null; // the language while translations are shown
let waitingBlocks = new Set();
let isAsking = false;

async function translateWaiting() {
  if (isAsking || !translating || !waitingBlocks.size) return;
  isAsking = true;
  const mine = translating;
  const blocks = [...waitingBlocks].slice(0, MOST_AT_ONCE);
  for (const block of blocks) waitingBlocks.delete(block);
  reading.setAttribute("aria-busy", "true");
  try {
    const facts = { ...mine, starts: blocks.map(startOf).join(" "), version: reading.dataset.version, part: new URLSearchParams(location.search).get("part") || "1" };
    const nodes = await fetchPart(`${location.pathname}/translation`, { method: "POST", body: new URLSearchParams(facts) });
    if (mine !== translating) return;
    const { translations, problem } = readTranslations(nodes);
    for (const translation of translations) putTranslation(translation, blockAt(translation.dataset.for));
    for (const node of nodes) if (node.matches?.(".later") && translations.length) waitingBlocks.add(blockAt(node.dataset.for));
    if (problem) sayProblem(problem);
    if (problem && !translations.length) stopTranslating();
  } catch (error) {
    sayProblem(error.message);
    stopTranslating();
  } finally {
    isAsking = false;
    reading.removeAttribute("aria-busy");
    translateWaiting();
  }
}

const comingToRead = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const isNew = isIntersecting && !target.classList.contains("has-translation");
    if (isNew) waitingBlocks.add(target);
    else waitingBlocks.delete(target);
  }
  translateWaiting();
}, { rootMargin: "0px 0px 40% 0px" });

function stopTranslating() {
  translating = null;
  waitingBlocks = new Set();
  comingToRead.disconnect();
  sayTranslating(false);
}

function clearTranslations() {
  stopTranslating();
  removeTranslations(reading);
}

translationForm?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!await inTurn(saveGlossary)) return;
  const at = topBlock();
  clearTranslations();
  sayProblem("");
  translating = chosenTranslation();
  sayTranslating(true);
  translationForm.hidePopover();
  for (const block of reading.querySelectorAll(TRANSLATED)) comingToRead.observe(block);
  at?.scrollIntoView({ block: "start" });
});
translationForm?.querySelector("[data-stop]").addEventListener("click", () => {
  clearTranslations();
  translationForm.hidePopover();
});
reading?.addEventListener("click", (event) => {
  const sentence = event.target.closest(".translated");
  if (!sentence || event.target.closest("a") || !getSelection().isCollapsed) return;
  sentence.tabIndex = -1;
  const original = document.createElement("p");
  original.className = "abstract";
  original.append(sentence.querySelector("template").content.cloneNode(true));
  openSheet(sentence, "The original sentence", words("p", "In the original:", "where"), original);
});
