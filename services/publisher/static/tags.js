// A tag's page: the names of all tags are offered once a field that takes one is used.
"use strict";

const names = document.getElementById("tag-names");

async function offerNames() {
  document.removeEventListener("focusin", onFocus);
  try {
    const response = await fetch("/api/tags", { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    names.replaceChildren(...(await response.json()).map((name) => Object.assign(document.createElement("option"), { value: name })));
  } catch {
    // The field takes any name without them.
  }
}

function onFocus(event) {
  if (event.target.matches('input[list="tag-names"]')) offerNames();
}

if (names) document.addEventListener("focusin", onFocus);
