// On a paper's page: the key `e` opens the sentence that a claim rests on, in the text.
"use strict";

const claimOf = (element) => element?.closest(".claims li");

let pointedClaim = null;
document.addEventListener("pointerover", (event) => { pointedClaim = claimOf(event.target); });

function claimInView() {
  const tops = [...document.querySelectorAll(".claims li:has([data-evidence])")];
  return tops.find((claim) => claim.getBoundingClientRect().bottom > 0 && claim.getBoundingClientRect().top < innerHeight) || tops[0];
}

function openEvidence() {
  const wanted = [claimOf(document.activeElement), document.querySelector(".claims li:target"), pointedClaim, claimInView()];
  for (const claim of wanted) {
    const link = claim?.querySelector("[data-evidence]");
    if (link) return link.click();
  }
  return document.querySelector("[data-text]")?.click();
}

keys.e = openEvidence;
explainKeys([["e", "read a claim’s sentence in the text"]]);
