// A note that is being written is not lost: no reload under it, a question before leaving, and Ctrl+Enter saves.
"use strict";

for (const form of document.querySelectorAll(".note-form")) {
  const field = form.querySelector("textarea");
  const before = field.value;
  const isChanged = () => field.value !== before;
  const mark = () => {
    if (isChanged()) main.dataset.editing = "";
    else delete main.dataset.editing;
  };
  const ask = (event) => { if (isChanged()) event.preventDefault(); };
  field.addEventListener("input", mark);
  window.addEventListener("beforeunload", ask);
  form.addEventListener("submit", () => window.removeEventListener("beforeunload", ask));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
