// The Setup page: finding categories, testing a model's server in place, and waiting until papersys is back.
"use strict";

{ // names of its own: reader.js shares the page
const form = document.querySelector("[data-setup]");
const boxes = form ? [...form.querySelectorAll('[name="category"]')] : [];

function showChosen() {
  const place = form.querySelector("[data-chosen]");
  const chosen = boxes.filter((box) => box.checked);
  place.hidden = chosen.length === 0;
  place.replaceChildren(...chosen.map((box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${box.value} ×`;
    button.setAttribute("aria-label", `Remove ${box.labels[0].querySelector("span").textContent}`);
    button.addEventListener("click", () => {
      box.checked = false;
      showChosen();
      (place.querySelector("button") || form.querySelector("#category-filter")).focus();
    });
    return button;
  }));
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const box of boxes) {
    const label = box.labels[0].textContent.toLowerCase();
    const fits = words.every((word) => label.includes(word));
    box.closest("li").hidden = !fits;
    count += fits;
  }
  for (const group of form.querySelectorAll("[data-group]")) {
    const has = group.querySelector("li:not([hidden])") !== null;
    group.hidden = !has;
    if (words.length) group.open = has;
  }
  const found = { 0: "No category has this in its name.", 1: "1 category" }[count] || `${count} categories`;
  form.querySelector("[data-found]").textContent = words.length ? found : "";
}

async function test(button) {
  const place = document.getElementById("trial");
  button.disabled = true;
  const label = button.textContent;
  button.textContent = "Testing …";
  try {
    const response = await fetch("/setup/model", { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    place.replaceChildren(...page.getElementById("trial").childNodes);
    const model = page.getElementById("model").value;
    if (model) form.querySelector("#model").value = model;
    offerFound();
  } catch {
    place.textContent = "papersys does not answer; try again in a moment.";
  }
  button.disabled = false;
  button.textContent = label;
  button.focus();
}

function offerFound() {
  for (const button of document.querySelectorAll("[data-use]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.querySelector("#base_url").value = button.dataset.address;
      form.querySelector("#model").value = button.dataset.model;
      form.querySelector('[name="model_choice"][value="server"]').checked = true;
      form.querySelector("[data-test]").focus();
    });
  }
}

if (form) {
  form.querySelector(".filter").hidden = false;
  form.querySelector("#category-filter").addEventListener("input", (event) => find(event.target.value));
  form.querySelector("#category-filter").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.querySelector("[data-test]").addEventListener("click", (event) => {
    event.preventDefault();
    form.querySelector('[name="model_choice"][value="server"]').checked = true;
    test(event.target);
  });
  for (const box of boxes) box.addEventListener("change", showChosen);
  showChosen();
  offerFound();
}

// Waiting for a new start: another process answers then.

const waiting = document.querySelector("[data-instance]");

async function untilBack() {
  for (let seconds = 0; ; seconds += 1) {
    await new Promise((done) => { setTimeout(done, 1000); });
    try {
      const response = await fetch("/setup/state", { headers: { Accept: "application/json" } });
      if (response.redirected || response.status === 401) break;
      const state = await response.json();
      if (state.instance !== waiting.dataset.instance) break;
    } catch {
      // Not back yet.
    }
    if (seconds === 120) waiting.querySelector("[data-progress]").textContent = "This takes long. Look at what `papersys up` prints.";
  }
  location.href = "/";
}

if (waiting) untilBack();
}
