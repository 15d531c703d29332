// Keys that only some pages have, in the help of these pages.
"use strict";

function explainKeys(entries) {
  const list = document.querySelector(".help dl");
  for (const [names, words] of entries) {
    const [entry, term, text] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    for (const name of names.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: name }), " ");
    text.textContent = words;
    entry.append(term, text);
    const known = [...list?.children ?? []].find((other) => other.querySelector("dt")?.textContent.trim() === names);
    if (known) known.replaceWith(entry);
    else list?.append(entry);
  }
}
