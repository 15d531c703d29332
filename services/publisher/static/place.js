// The place on a list is kept over opening a paper and coming back: the same paper at the same height, and chosen.
"use strict";

const placeKey = () => `papersys-place ${location.pathname}${location.search}`;

function rememberPlace() {
  const card = cards().find((one) => one.classList.contains("current") && isInView(one)) || cards().find(isInView);
  if (!card) return;
  const place = { id: card.id, top: card.getBoundingClientRect().top, isCurrent: card.classList.contains("current") };
  try {
    sessionStorage.setItem(placeKey(), JSON.stringify(place));
  } catch {
    // Then the browser's own memory of the scroll position has to do.
  }
}

function rememberedPlace() {
  try {
    return JSON.parse(sessionStorage.getItem(placeKey()));
  } catch {
    return null;
  }
}

function returnToPlace() {
  const place = rememberedPlace();
  const card = place && document.getElementById(place.id);
  if (!card) return;
  const folded = card.closest("details:not([open])");
  if (folded) folded.open = true;
  if (place.isCurrent) {
    card.classList.add("current");
    card.focus({ preventScroll: true });
  }
  window.scrollBy(0, card.getBoundingClientRect().top - place.top);
}

// What was rated or opened meanwhile, where the browser shows the page as it was left.
async function catchUp() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const fresh of page.querySelectorAll("[data-paper]")) {
      for (const element of elementsOf(fresh.dataset.paper)) showState(element, stateOf(fresh));
    }
  } catch {
    // The reader is away; the page stays as it was.
  }
}

const arrival = performance.getEntriesByType("navigation")[0]?.type;
if ((arrival === "back_forward" || arrival === "reload") && !location.hash && rememberedPlace()) {
  history.scrollRestoration = "manual";
  returnToPlace();
}
window.addEventListener("pagehide", () => {
  history.scrollRestoration = "auto";
  rememberPlace();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) catchUp(); });
