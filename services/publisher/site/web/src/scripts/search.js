// Searches the index that pagefind made of the papers. What it finds is shown as text, whatever it holds; of a title
// with formulas, what KaTeX made of them is kept.
const list = document.querySelector("[data-results]");
const status = document.querySelector("[data-status]");
const more = document.querySelector("[data-more]");
const input = document.querySelector("#q");
const STEP = 10;
const WAIT_MS = 150;
const LEAST_ALIKE = 3;

let results = [];
let shown = 0;
let turn = 0;
let timer;

const pagefind = (async () => {
  const index = await import(/* @vite-ignore */ `${list.dataset.index}pagefind.js`);
  await index.options({ excerptLength: 30 });
  return index;
})();

async function search(words) {
  const mine = ++turn;
  if (!words.trim()) return show([], "Enter words in the field above.");
  try {
    const { results: found } = await (await pagefind).search(words);
    const best = await found[0]?.data();
    const sought = best && isSought(best, words) ? found : [];
    if (mine === turn) show(sought, sought.length);
  } catch {
    if (mine === turn) show([], "The search index could not be loaded.");
  }
}

// Where nothing begins like a word, pagefind finds what begins with its first letters, be it one: nobody asked for that.
function isSought({ excerpt, meta }, words) {
  const marks = nodesOf(excerpt).filter((node) => node.nodeName === "MARK").flatMap((node) => partsOf(node.textContent));
  const starts = partsOf(words).map((part) => [...part].slice(0, LEAST_ALIKE).join(""));
  const seen = marks.length ? marks : partsOf(`${meta.title} ${meta.authors}`);
  return !starts.length || seen.some((word) => starts.some((start) => word.startsWith(start)));
}

const partsOf = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

async function show(found, count) {
  [results, shown] = [found, 0];
  list.replaceChildren();
  status.textContent = typeof count === "string" ? count : `${count || "No"} ${count === 1 ? "paper" : "papers"} found`;
  await showMore();
}

async function showMore() {
  const mine = turn;
  const next = results.slice(shown, shown + STEP);
  shown += next.length;
  more.hidden = shown >= results.length;
  const pages = await Promise.all(next.map((result) => result.data()));
  if (mine === turn) list.append(...pages.map(card));
}

function card(page) {
  const item = element("li", "card compact");
  const link = element("a");
  link.href = page.url;
  link.append(...titleOf(page.meta));
  const heading = element("h2");
  heading.append(link);
  const authors = element("p", "byline");
  authors.textContent = page.meta.authors ?? "";
  const excerpt = element("p", "abstract short");
  excerpt.append(...marked(page.excerpt));
  item.append(heading, authors, excerpt);
  return item;
}

// A title's formulas as the build typeset them; all else that it may hold is text.
function titleOf({ title, typeset }) {
  if (!typeset) return [title];
  return nodesOf(decoded(typeset)).map((node) => (node.className === "math" ? node : node.textContent));
}

const decoded = (base64) =>
  new TextDecoder().decode(Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.codePointAt(0)));

// Text and marks of an excerpt, and nothing else that it may hold.
function marked(html) {
  return nodesOf(html).map((node) => {
    if (node.nodeName !== "MARK") return document.createTextNode(node.textContent);
    const mark = element("mark");
    mark.textContent = node.textContent;
    return mark;
  });
}

const nodesOf = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

function element(name, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

document.querySelector("[data-without-script]").hidden = true;
input.value = new URLSearchParams(location.search).get("q") ?? "";
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
    search(input.value);
  }, WAIT_MS);
});
input.form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(input.value);
});
more.addEventListener("click", showMore);
search(input.value);
