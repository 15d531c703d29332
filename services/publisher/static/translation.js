// The text beside its translation: a paragraph is translated when one comes to it, so that only what is read is paid for.
"use strict";

const translationForm = document.getElementById("translation");
const TRANSLATION = "papersys-translation";
const MOST_AT_ONCE = 5;
const TRANSLATED = ".passages > :is(p, blockquote)[id^='at-'], .passages li > p[id^='at-']";

const startOf = (block) => block.id.slice("at-".length);
let translating = null; // language and glossary while translations are shown
let waitingBlocks = new Set();
let isAsking = false;

function keptTranslation() {
  try {
    return JSON.parse(localStorage.getItem(TRANSLATION)) || {};
  } catch {
    return {};
  }
}

function sayProblem(text) {
  const note = translationForm.querySelector("[data-problem]");
  note.textContent = text;
  note.hidden = !text;
  if (text) showToast(text, true);
}

function place(translations) {
  for (const translation of translations) {
    const block = document.getElementById(`at-${translation.dataset.for}`);
    if (!block || block.nextElementSibling?.matches(".translation")) continue;
    block.classList.add("has-translation");
    block.after(translation);
    typeset(translation);
  }
}

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
    place(nodes.filter((node) => node.matches?.(".translation") && node.querySelector(".translated")));
    const problem = nodes.find((node) => node.matches?.(".problem"))?.textContent;
    const isNothing = !nodes.some((node) => node.querySelector?.(".translated"));
    if (problem) sayProblem(problem);
    if (problem && isNothing) stopTranslating();
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
  translationForm.querySelector("[data-stop]").hidden = true;
}

function clearTranslations() {
  stopTranslating();
  for (const translation of reading.querySelectorAll(".translation")) translation.remove();
  for (const block of reading.querySelectorAll(".has-translation")) block.classList.remove("has-translation");
}

translationForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const at = topBlock();
  clearTranslations();
  sayProblem("");
  const facts = Object.fromEntries(new FormData(translationForm));
  try {
    localStorage.setItem(TRANSLATION, JSON.stringify(facts));
  } catch {
    // Then the choice and the glossary hold for this page.
  }
  translating = facts;
  translationForm.querySelector("[data-stop]").hidden = false;
  translationForm.hidePopover();
  for (const block of reading.querySelectorAll(TRANSLATED)) comingToRead.observe(block);
  at?.scrollIntoView({ block: "start" });
});
translationForm.querySelector("[data-stop]").addEventListener("click", () => {
  clearTranslations();
  translationForm.hidePopover();
});
reading.addEventListener("click", (event) => {
  const sentence = event.target.closest(".translated");
  if (!sentence || event.target.closest("a") || !getSelection().isCollapsed) return;
  sentence.tabIndex = -1;
  const original = document.createElement("p");
  original.className = "abstract";
  original.append(sentence.querySelector("template").content.cloneNode(true));
  openSheet(sentence, "The original sentence", words("p", "In the original:", "where"), original);
});
const keptChoice = keptTranslation();
for (const name of ["language", "glossary"]) if (keptChoice[name]) translationForm.elements[name].value = keptChoice[name];
if (!keptChoice.language) {
  const own = navigator.language.slice(0, 2);
  if ([...translationForm.elements.language.options].some(({ value }) => value === own)) translationForm.elements.language.value = own;
}
document.querySelector("[data-translate]").hidden = false;
