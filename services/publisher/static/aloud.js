// Reading aloud by the browser's own voices; nothing leaves the browser but what its own voice needs. Sentence by sentence, so
// that it can stop, go back and be followed in the text; formulas are spoken in words.
"use strict";

const aloud = document.getElementById("aloud");
const listen = document.querySelector("[data-listen]");
const VOICE = "papersys-voice";
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

let reader = null; // what is being read: sentences, the one that is spoken, whether it pauses
let turn = 0; // an utterance that was cancelled must not go on with the next one

function keptVoice() {
  try {
    return JSON.parse(localStorage.getItem(VOICE)) || {};
  } catch {
    return {};
  }
}

function keepVoice(change) {
  try {
    localStorage.setItem(VOICE, JSON.stringify({ ...keptVoice(), ...change }));
  } catch {
    // Then the choice holds for this page.
  }
}

const speed = () => Number(aloud.querySelector("[name=speed]").value) || 1;

function voices() {
  const language = navigator.language.slice(0, 2);
  const all = speechSynthesis.getVoices().filter((voice) => voice.lang?.startsWith("en") || voice.lang?.startsWith(language));
  return all.sort((one, other) => Number(other.localService) - Number(one.localService) || one.name.localeCompare(other.name));
}

function listVoices() {
  const field = aloud.querySelector("[name=voice]");
  const wanted = keptVoice().voice || field.value;
  field.replaceChildren(...voices().map((voice) => {
    const option = words("option", `${voice.name}${voice.localService ? "" : " (over the network)"}`);
    option.value = voice.voiceURI;
    return option;
  }));
  if ([...field.options].some((option) => option.value === wanted)) field.value = wanted;
}

// A citation's number says nothing to the ear, nor do the marks of footnotes.
function spokenSentence({ pieces }) {
  const text = pieces.map((piece) => {
    if (piece.tex !== null) return ` ${spokenFormula(piece.tex)} `;
    return piece.node.parentElement.closest(".cite, .footnote") ? "" : piece.text;
  }).join("");
  return text.replace(/\[[\s;,]*\]/g, "").replace(/\s+([.,;:)])/g, "$1").replace(/\s+/g, " ").trim();
}

function sentencesFrom(start) {
  const all = [...document.querySelectorAll(BLOCKS)];
  return all.slice(Math.max(0, all.indexOf(start))).flatMap(sentencesOf);
}

function show(sentence) {
  for (const block of document.querySelectorAll(".being-read")) block.classList.remove("being-read");
  window.CSS?.highlights?.delete("being-read");
  if (!sentence) return;
  sentence.block.classList.add("being-read");
  if (window.Highlight) CSS.highlights.set("being-read", new Highlight(sentence.range));
  const { top, bottom } = sentence.range.getBoundingClientRect();
  if (top < 70 || bottom > innerHeight - 90) sentence.block.scrollIntoView({ block: "center" });
}

function speak() {
  const sentence = reader?.sentences[reader.index];
  if (!sentence) {
    stop(reader ? "The end of this part." : "");
    return;
  }
  const text = spokenSentence(sentence);
  show(sentence);
  const mine = ++turn;
  const goOn = () => {
    if (mine !== turn || !reader || reader.isPaused) return;
    reader.index += 1;
    speak();
  };
  if (!text) {
    goOn();
    return;
  }
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = "en";
  utterance.rate = speed();
  utterance.voice = voices().find((voice) => voice.voiceURI === aloud.querySelector("[name=voice]").value) || null;
  utterance.addEventListener("end", goOn);
  utterance.addEventListener("error", ({ error }) => {
    if (mine !== turn || error === "interrupted" || error === "canceled") return;
    stop();
    showToast("The browser’s voice stopped; try another voice.", true);
  });
  speechSynthesis.speak(utterance);
}

function label() {
  aloud.querySelector("[data-aloud=pause]").textContent = reader?.isPaused ? "Go on" : "Pause";
}

function start() {
  const selectedBlock = getSelection().isCollapsed ? null : getSelection().anchorNode?.parentElement?.closest(BLOCKS);
  const sentences = sentencesFrom(selectedBlock || [...document.querySelectorAll(BLOCKS)].find((block) => block.getBoundingClientRect().bottom > 90));
  if (!sentences.length) return;
  reader = { sentences, index: 0, isPaused: false };
  aloud.hidden = false;
  listen.setAttribute("aria-pressed", "true");
  listVoices();
  label();
  speechSynthesis.cancel();
  speak();
}

function stop(said = "") {
  turn += 1;
  reader = null;
  speechSynthesis.cancel();
  show(null);
  if (aloud.contains(document.activeElement)) listen.focus();
  aloud.hidden = true;
  listen.setAttribute("aria-pressed", "false");
  if (said) showToast(said);
}

// Not the voice's own pause: on phones it often never goes on. The sentence is said again from its beginning.
function pause() {
  if (!reader) return;
  reader.isPaused = !reader.isPaused;
  turn += 1;
  speechSynthesis.cancel();
  label();
  if (!reader.isPaused) speak();
}

function stepAloud(distance) {
  if (!reader) return;
  turn += 1;
  speechSynthesis.cancel();
  reader.index = Math.min(reader.sentences.length - 1, Math.max(0, reader.index + distance));
  if (reader.isPaused) show(reader.sentences[reader.index]);
  else speak();
}

const ALOUD = { pause, stop: () => stop(), back: () => stepAloud(-1), on: () => stepAloud(1) };

if (window.speechSynthesis && window.SpeechSynthesisUtterance && aloud) {
  listen.hidden = false;
  listen.addEventListener("click", () => (reader ? stop() : start()));
  aloud.addEventListener("click", (event) => ALOUD[event.target.closest("[data-aloud]")?.dataset.aloud]?.());
  aloud.addEventListener("change", ({ target }) => {
    keepVoice({ [target.name]: target.value });
    if (reader && !reader.isPaused) stepAloud(0);
  });
  const kept = String(keptVoice().speed || 1);
  if (SPEEDS.map(String).includes(kept)) aloud.querySelector("[name=speed]").value = kept;
  speechSynthesis.addEventListener?.("voiceschanged", listVoices);
  addEventListener("pagehide", () => stop());
  Object.assign(keys, { r: () => (reader ? pause() : start()), R: () => stop() });
  explainKeys([["r R", "read aloud or pause, and stop"]]);
}
