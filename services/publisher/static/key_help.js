// Keys that only some pages have, in the help of these pages.
"use strict";

function explainKeys(entries) {
  const others = document.querySelector(".help dl");
  if (!others.nextElementSibling.matches("h3")) {
    others.after(Object.assign(document.createElement("h3"), { textContent: "On this page" }), document.createElement("dl"));
  }
  const list = others.nextElementSibling.nextElementSibling;
  for (const [names, words] of entries) {
    const [entry, term, text] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    for (const name of names.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: name }), " ");
    text.textContent = words;
    entry.append(term, text);
    list.append(entry);
  }
}
