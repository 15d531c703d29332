// A person's glossary of the language that is chosen: kept by the server, saved when one leaves the field or translates.
"use strict";

const glossaryField = document.getElementById("glossary");
const glossaryStatus = document.querySelector("[data-glossary-status]");
let glossaryKept = null; // language, text and fingerprint as the server has them; null while they are not known

function sayGlossary(text) {
  glossaryStatus.textContent = text;
}

async function fetchGlossary(language) {
  try {
    const response = await fetch(`/api/glossary/${language}`, { headers: { Accept: "application/json" } });
    const facts = await response.json().catch(() => ({}));
    return response.ok ? facts : { error: facts.error || `error ${response.status}` };
  } catch {
    return { error: "papersys does not answer." };
  }
}

async function loadGlossary() {
  const language = translationForm.elements.language.value;
  if (isGlossaryChanged()) return; // what could not be saved is not written over
  glossaryKept = null;
  glossaryField.disabled = true;
  glossaryField.value = "";
  const facts = await fetchGlossary(language);
  if (facts.error) {
    sayGlossary(`Your glossary cannot be shown: ${facts.error}`);
    return;
  }
  glossaryKept = { language, ...facts };
  glossaryField.value = facts.text;
  glossaryField.disabled = false;
  sayGlossary(facts.problem);
}

function isGlossaryChanged() {
  return glossaryKept !== null && glossaryField.value.trim() !== glossaryKept.text;
}

// True where nothing is left to be saved.
async function saveGlossary() {
  if (!isGlossaryChanged()) return true;
  const { language, fingerprint } = glossaryKept;
  const { error, ...facts } = await send("/api/glossary", { language, text: glossaryField.value, based_on: fingerprint }, "Your glossary was not saved");
  if (error) {
    sayGlossary(error);
    showToast(error, true);
    return false;
  }
  glossaryKept = { language, ...facts };
  sayGlossary(facts.problem || "Saved.");
  return true;
}

// Before, one glossary for all languages was kept in the browser: it becomes that of the language that was chosen there.
async function takeOverGlossary() {
  const kept = keptTranslation();
  const known = [...translationForm.elements.language.options].some(({ value }) => value === kept.language);
  if (kept.glossary === undefined || !known) return;
  if (kept.glossary.trim()) {
    const here = await fetchGlossary(kept.language);
    if (here.error) return;
    const termOf = (row) => row.split("=")[0].trim();
    const terms = new Set(here.text.split("\n").map(termOf));
    const added = kept.glossary.split("\n").filter((row) => row.trim() && !terms.has(termOf(row)));
    const text = [here.text, ...added].filter(Boolean).join("\n");
    const { error } = await send("/api/glossary", { language: kept.language, text, based_on: here.fingerprint }, "Your glossary was not saved");
    if (error) return;
  }
  keepTranslation({ language: kept.language });
}

if (translationForm) {
  inTurn(takeOverGlossary);
  translationForm.addEventListener("toggle", ({ newState }) => inTurn(newState === "open" ? loadGlossary : saveGlossary));
  translationForm.elements.language.addEventListener("change", () => inTurn(async () => { if (await saveGlossary()) await loadGlossary(); }));
  glossaryField.addEventListener("change", () => inTurn(saveGlossary));
}
