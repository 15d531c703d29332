// The button “Add to reading list” on every paper, without leaving the page.
"use strict";

document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (!target.matches("form.listing") || !submitter) return;
  event.preventDefault();
  const wanted = submitter.value;
  const papers = target.elements.namedItem("papers").value;
  inTurn(async () => {
    const { error } = await send("/api/reading-list", { papers, wanted }, "The reading list was not changed");
    if (error) {
      showToast(error, true);
      return;
    }
    const isListed = wanted === "add";
    for (const form of document.querySelectorAll("form.listing")) {
      if (form.elements.namedItem("papers").value !== papers) continue;
      const button = form.querySelector("button");
      button.value = isListed ? "remove" : "add";
      button.setAttribute("aria-pressed", String(isListed));
      button.firstChild.data = isListed ? button.dataset.remove : button.dataset.add;
    }
    showToast(isListed ? "On the reading list: its full text is fetched, and Ask can answer from it in a moment." : "Taken off the reading list.");
  });
});
