// A paper's page: similar papers are looked up when they are asked for.
"use strict";

document.addEventListener("toggle", async (event) => {
  const details = event.target;
  if (!(details instanceof HTMLDetailsElement) || !details.open || !details.dataset.load) return;
  const address = details.dataset.load;
  delete details.dataset.load;
  const place = details.querySelector("[data-place]");
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok) throw new Error(response.statusText);
    place.replaceChildren(...page.body.childNodes);
    typeset(place);
  } catch {
    details.dataset.load = address; // the link that stands there still leads to the same papers
  } finally {
    place.removeAttribute("aria-busy");
  }
}, true);
