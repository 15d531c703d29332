// The summary and the abstract, each sentence with its translation below it; asked for at once, since both are short.
"use strict";

if (translationForm) {
  const paper = document.querySelector("article.paper");
  let asked = 0;

  const stop = () => {
    asked += 1; // what is still on its way is let go
    removeTranslations(paper);
    sayTranslating(false);
  };

  translationForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!await inTurn(saveGlossary)) return;
    stop();
    sayProblem("");
    const mine = asked;
    const body = new URLSearchParams(chosenTranslation());
    translationForm.hidePopover();
    paper.setAttribute("aria-busy", "true");
    try {
      const { translations, problem } = readTranslations(await fetchPart(`${location.pathname}/translation`, { method: "POST", body }));
      if (mine !== asked) return;
      for (const translation of translations) putTranslation(translation, document.querySelector(`[data-words="${CSS.escape(translation.dataset.for)}"]`));
      if (problem) sayProblem(problem);
      sayTranslating(translations.length > 0);
    } catch (error) {
      if (mine === asked) sayProblem(error.message);
    } finally {
      paper.removeAttribute("aria-busy");
    }
  });
  translationForm.querySelector("[data-stop]").addEventListener("click", () => {
    stop();
    translationForm.hidePopover();
  });
}
