// Buttons that copy and share; without this script they are not shown, and what they copy can be selected.
"use strict";

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Over plain HTTP in a home network browsers have the old way alone.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("not copied");
}

async function copyAndSay(button, text, done) {
  try {
    await copy(text);
    showToast(done);
  } catch {
    showToast("Your browser did not allow copying; select the text instead.", true);
  }
  button.focus();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const source = document.getElementById(button.dataset.copy);
    copyAndSay(button, source.value ?? source.textContent, button.dataset.done);
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { share: url, title } = button.dataset;
    if (!navigator.share) {
      copyAndSay(button, url, "Link copied.");
      return;
    }
    try {
      await navigator.share({ title, url });
    } catch (error) {
      if (error.name !== "AbortError") copyAndSay(button, url, "Link copied.");
    }
  });
}
