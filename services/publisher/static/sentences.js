// The sentences of a block of the text, as ranges; a formula is one piece of them, never cut.
"use strict";

const BLOCKS = ".passages :is(p, h2, h3, h4, h5, h6, blockquote, figcaption)[id], .passages li > p[id], .full-text > header h1";
const ABBREVIATED = /(?:\b(?:et al|e\.g|i\.e|cf|vs|resp|approx|w\.r\.t|Figs?|Eqs?|Secs?|Tabs?|Refs?|Nos?|Thm|Def|Prop|Lem|Dr|Prof|ca|Ch|pp?)|\b[A-Z])\.\s*$/;

const texOf = (formula) => formula.querySelector("annotation")?.textContent ?? formula.textContent;

function* piecesOf(node) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) yield { node: child, text: child.data, tex: null };
    else if (child.matches?.(".math")) yield { node: child, text: "x", tex: texOf(child) };
    else if (child.nodeType === Node.ELEMENT_NODE && !child.matches(".anchor, .selection-bar")) yield* piecesOf(child);
  }
}

function boundaries(text) {
  const parts = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)].map(({ segment }) => segment);
  const joined = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before !== undefined && (ABBREVIATED.test(before) || /^[a-zà-ÿ]/.test(part) || !/[\p{L}\p{N}]/u.test(part))) joined[joined.length - 1] += part;
    else joined.push(part);
  }
  return joined;
}

function rangeBetween(pieces, start, end) {
  const range = document.createRange();
  let at = 0;
  let isStarted = false;
  for (const piece of pieces) {
    const next = at + piece.text.length;
    if (!isStarted && start < next) {
      if (piece.tex === null) range.setStart(piece.node, start - at);
      else range.setStartBefore(piece.node);
      isStarted = true;
    }
    if (isStarted && end <= next) {
      if (piece.tex === null) range.setEnd(piece.node, Math.max(0, end - at));
      else range.setEndAfter(piece.node);
      break;
    }
    at = next;
  }
  return range;
}

// Each sentence with its range and its pieces: words as they are, formulas with their TeX.
function sentencesOf(block) {
  const pieces = [...piecesOf(block)];
  const text = pieces.map((piece) => piece.text).join("");
  let at = 0;
  return boundaries(text).map((part) => {
    const lead = part.length - part.trimStart().length;
    const [start, end] = [at + lead, at + part.trimEnd().length];
    at += part.length;
    const own = [];
    let place = 0;
    for (const piece of pieces) {
      const next = place + piece.text.length;
      if (place < end && next > start) {
        const words = piece.tex === null ? piece.text.slice(Math.max(0, start - place), end - place) : "";
        own.push({ ...piece, text: words });
      }
      place = next;
    }
    return { block, pieces: own, range: end > start ? rangeBetween(pieces, start, end) : null };
  }).filter(({ range }) => range);
}

// A range as plain text: formulas as TeX between dollars. What begins or ends within a formula takes in all of it.
function wholeFormulas(range) {
  const whole = range.cloneRange();
  const [first, last] = [whole.startContainer, whole.endContainer].map((node) => (node.closest ? node : node.parentElement)?.closest(".math"));
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  return whole;
}

function plainText(range) {
  const part = wholeFormulas(range).cloneContents();
  for (const formula of part.querySelectorAll(".math")) formula.replaceWith(`$${texOf(formula).trim()}$`);
  for (const other of part.querySelectorAll(".anchor, .selection-bar")) other.remove();
  return part.textContent.replace(/\s+/g, " ").trim();
}
