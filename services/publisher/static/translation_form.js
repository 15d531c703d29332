// Into which language: kept in the browser and the same on every page.
"use strict";

const translationForm = document.getElementById("translation");
const TRANSLATION = "papersys-translation";

function keptTranslation() {
  try {
    return JSON.parse(localStorage.getItem(TRANSLATION)) || {};
  } catch {
    return {};
  }
}

// What was chosen, kept for the next page.
function chosenTranslation() {
  const facts = Object.fromEntries(new FormData(translationForm));
  keepTranslation(facts);
  return facts;
}

function keepTranslation(facts) {
  try {
    localStorage.setItem(TRANSLATION, JSON.stringify(facts));
  } catch {
    // Then the choice holds for this page.
  }
}

function sayProblem(text) {
  const note = translationForm.querySelector("[data-problem]");
  note.textContent = text;
  note.hidden = !text;
  if (text) showToast(text, true);
}

function sayTranslating(isTranslating) {
  translationForm.querySelector("[data-stop]").hidden = !isTranslating;
}

// Which of the parts that came are translated, and what is said of the rest.
function readTranslations(nodes) {
  const isTranslated = (node) => node.matches?.(".translation") && node.querySelector(".translated");
  return { translations: nodes.filter(isTranslated), problem: nodes.find((node) => node.matches?.(".problem"))?.textContent || "" };
}

function putTranslation(translation, place) {
  if (!place || place.nextElementSibling?.matches(".translation")) return;
  place.classList.add("has-translation");
  place.after(translation);
  typeset(translation);
}

function removeTranslations(root) {
  for (const translation of root.querySelectorAll(".translation")) translation.remove();
  for (const place of root.querySelectorAll(".has-translation")) place.classList.remove("has-translation");
}

if (translationForm) {
  const kept = keptTranslation();
  const { language } = translationForm.elements;
  const wanted = kept.language || navigator.language.slice(0, 2);
  if ([...language.options].some(({ value }) => value === wanted)) language.value = wanted;
  for (const button of document.querySelectorAll("[data-translate]")) button.hidden = false;
}
