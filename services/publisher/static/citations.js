// Citations opened in place as cards, and coloured again when their paper is rated there.
"use strict";

const STANDINGS = { label: { like: "liked", dislike: "disliked" }, saved: "saved", opened: "read" };

function standingOf({ label, saved, opened }) {
  if (label === "like") return STANDINGS.label.like;
  if (saved) return STANDINGS.saved;
  return STANDINGS.label[label] || (opened ? STANDINGS.opened : "");
}

function recolour(number, standing) {
  for (const link of document.querySelectorAll(`.cite[data-reference="${number}"]`)) {
    if (standing) link.dataset.standing = standing;
    else delete link.dataset.standing;
    if (standing) link.setAttribute("aria-label", `${number}, ${standing}`);
    else link.removeAttribute("aria-label");
  }
  const badge = sheetContent.querySelector(".standing");
  if (badge) {
    badge.textContent = standing;
    badge.dataset.standing = standing;
  }
}

const ratedCard = new MutationObserver(([change]) => {
  recolour(change.target.dataset.reference, standingOf(change.target.dataset));
});

function showCard(link, nodes) {
  fillSheet(...nodes);
  const card = sheetContent.querySelector(".cited-card");
  if (!card) return;
  card.dataset.reference = link.dataset.reference;
  sheetContent.querySelector("[data-to-reference]")?.setAttribute("href", link.getAttribute("href"));
  ratedCard.disconnect();
  ratedCard.observe(card, { attributeFilter: ["data-label", "data-saved", "data-opened"] });
  sheetContent.querySelector("[data-look-up]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { action } = event.target;
    await load(link, action, { method: "POST", body: new URLSearchParams(), headers: { Accept: "text/html" } });
    sheet.focus({ preventScroll: true });
  });
}

async function load(link, address, options) {
  sheet.setAttribute("aria-busy", "true");
  try {
    showCard(link, await fetchPart(address, options));
  } catch (error) {
    fillSheet(words("p", error.message, "note wrong"));
  } finally {
    sheet.removeAttribute("aria-busy");
  }
}

async function openCitation(link) {
  openSheet(link, `Reference ${link.dataset.reference}`, words("p", "Loading …", "small"));
  const query = new URLSearchParams({ part: "1", version: reading.dataset.version });
  await load(link, `${location.pathname}/cited/${link.dataset.reference}?${query}`);
  sheet.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".cite[data-reference]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  openCitation(link);
});
sheet.addEventListener("click", (event) => { if (event.target.closest("[data-to-reference]")) closeSheet(); });
