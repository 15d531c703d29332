// The menu of further pages: closed by Escape, by a click elsewhere, and where the focus leaves it.
"use strict";

const menu = document.querySelector(".menu");

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, ({ target }) => { if (!menu.contains(target)) menu.open = false; });
}
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
// Back shows the page as it was left, and it was left by the menu.
addEventListener("pageshow", () => { menu.open = false; });
