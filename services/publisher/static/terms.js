// Acronyms and symbols explained where they stand, by the sentences that define them.
"use strict";

const terms = () => [...reading.querySelectorAll(".passages [data-term]")];

function explanation(number) {
  const entry = document.getElementById(`term-${number.replace("+", "")}`);
  if (!entry) return null;
  const copy = document.createElement("div");
  copy.className = "explained";
  copy.append(...[...entry.childNodes].map((node) => node.cloneNode(true)));
  if (number.endsWith("+")) copy.append(words("p", "Defined further on.", "small"));
  return copy;
}

function explain(term) {
  const found = term.dataset.term.split(" ").map(explanation).filter(Boolean);
  if (!found.length) return;
  if (!term.hasAttribute("tabindex")) term.tabIndex = -1; // so that the focus can come back to it
  term.focus({ preventScroll: true });
  openSheet(term, "What it means here", ...found);
}

let explainedLast = null;

// The next term from where one reads, or behind the one that was explained last while that is in view.
function explainNext() {
  closeSheet();
  const all = terms();
  const inView = (term) => { const { top, bottom } = term.getBoundingClientRect(); return bottom > 70 && top < innerHeight; };
  const from = explainedLast && inView(explainedLast) ? all.indexOf(explainedLast) + 1 : 0;
  const next = all.slice(from).find((term) => term.getBoundingClientRect().bottom > 70);
  if (!next) {
    showToast(all.length ? "No more terms below." : "No definitions were found in this text.");
    return;
  }
  explainedLast = next;
  if (!inView(next)) next.scrollIntoView({ block: "center" });
  explain(next);
}

reading.addEventListener("click", (event) => {
  const term = event.target.closest(".passages [data-term]");
  if (term && getSelection().isCollapsed && !event.target.closest("a")) explain(term);
});
document.getElementById("terms")?.addEventListener("toggle", (event) => { if (event.newState === "open") typeset(event.target); });
Object.assign(keys, { g: explainNext });
explainKeys([["g", "explain the next symbol or acronym"]]);
