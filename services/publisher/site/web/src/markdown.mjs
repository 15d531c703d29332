// Markdown as HTML. Raw HTML in it is text, links of a script's kind are none, and pictures are only the site's own.
import katex from "katex";
import MarkdownIt from "markdown-it";
import { path, site } from "./site.mjs";

const PAGE = /^(?:\.\.?\/)*(papers|days)\/([^/#]+)\.md(#.*)?$/;
const FIGURE = /^(?:\.\.?\/)*(figures\/[\w.~-]+\/[\w.-]+)$/;
const FORMULA = /^\$([^\s$](?:[^$\\]|\\[\s\S])*?)\$/;
const DISPLAY = /^\$\$((?:[^$\\]|\\[\s\S])+?)\$\$/;

const ARXIV = /^(?:\d{4}\.\d{4,5}|[a-z-]+_\d{7})$/;

const LINKED = "Linked papers";

const formulas = new Map();

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
markdown.inline.ruler.after("escape", "formula", formula);
markdown.renderer.rules.formula = (tokens, index) => formulaHtml(tokens[index].content, tokens[index].markup === "$$");
markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
  const token = tokens[index];
  const target = PAGE.exec(token.attrGet("href") ?? "");
  const address = target && pageAddress(target, env.known);
  if (address) token.attrSet("href", address);
  else if (target) token.attrs = null;
  else token.attrSet("rel", "noopener noreferrer");
  return self.renderToken(tokens, index, options);
};
markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  const figure = FIGURE.exec(token.attrGet("src") ?? "");
  const name = markdown.utils.escapeHtml(token.content);
  return figure ? `<img src="${path(figure[1])}" alt="${name}" loading="lazy" decoding="async">` : name;
};
markdown.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.core.ruler.push("quotes", foldQuotes);

// A file's body; `cards` makes each part below a second heading a card, `known` are the pages that there are.
export function bodyHtml(text, { cards = false, known = new Set() } = {}) {
  const environment = { known };
  const tokens = markdown.parse(text, environment);
  return markdown.renderer.render(cards ? inCards(tokens) : tokens, markdown.options, environment);
}

// One line: a title with formulas.
export const lineHtml = (text) => markdown.renderInline(text);

// What search looks through: the words below the headings, without formulas, of which it would find pieces alone, and
// without the titles of other papers, which would be found in place of those papers.
export function bodyText(text) {
  const tokens = markdown.parse(text, {});
  const start = tokens.findIndex(isSection);
  let isLeftOut = false;
  const words = [];
  tokens.forEach((token, place) => {
    if (isSection(token)) isLeftOut = tokens[place + 1].content === LINKED;
    if (token.type === "inline" && place > start && !isLeftOut) words.push(sentence(wordsOf(token)));
  });
  return words.filter(Boolean).join(" ");
}

const isSection = (token) => token.type === "heading_open" && token.tag === "h2";

const wordsOf = (token) =>
  token.children.map(({ type, content }) => (type === "text" || type === "code_inline" ? content : " ")).join("");

// Blocks end like sentences, so that an excerpt can be read.
function sentence(text) {
  const line = text.replace(/\s+/g, " ").replace(/ (?=[.,;:!?)])/g, "").trim();
  return /[\p{L}\p{N})]$/u.test(line) ? `${line}.` : line;
}

export const hasFormulas = (html) => html.includes('class="katex');

// A paper of bioRxiv or medRxiv by its DOI, one of arXiv there; of a repository's paper the name does not tell.
function original(name) {
  const [, server, prefix, suffix] = /^(biorxiv|medrxiv)_(10\.\d+)-(.+)$/.exec(name) ?? [];
  if (server) return `https://www.${server}.org/content/${prefix}/${suffix}`;
  return ARXIV.test(name) ? `${site.arxiv}/abs/${name.replace("_", "/")}` : "";
}

// The page of a file, or the paper's original where its file was left out.
function pageAddress([, kind, name, place], known) {
  if (kind === "papers" && !known.has(`papers/${name}`)) return original(name);
  return path(`${kind}/${name}/${place ?? ""}`);
}

function formula(state, silent) {
  if (state.src[state.pos] !== "$") return false;
  const rest = state.src.slice(state.pos, state.posMax);
  const display = DISPLAY.exec(rest);
  const match = display ?? FORMULA.exec(rest);
  if (!match || /\s$/.test(match[1]) && !display) return false;
  if (!silent) {
    const token = state.push("formula", "", 0);
    token.content = match[1].trim();
    token.markup = display ? "$$" : "$";
  }
  state.pos += match[0].length;
  return true;
}

function formulaHtml(tex, displayMode) {
  const key = `${displayMode} ${tex}`;
  if (!formulas.has(key)) formulas.set(key, `<span class="math">${typeset(tex, displayMode)}</span>`);
  return formulas.get(key);
}

function typeset(tex, displayMode) {
  try {
    return katex.renderToString(tex, { displayMode, trust: false, strict: "ignore", maxExpand: 500, maxSize: 20 });
  } catch {
    return `<code>${markdown.utils.escapeHtml(tex)}</code>`;
  }
}

// A quote below a statement is folded, so that the statements can be read in one go.
function foldQuotes(state) {
  let lists = 0;
  state.tokens = state.tokens.flatMap((token) => {
    if (token.type === "list_item_open") lists += 1;
    if (token.type === "list_item_close") lists -= 1;
    if (!lists || !token.type.startsWith("blockquote")) return [token];
    const fold = new state.Token("fold", "", 0);
    fold.hidden = false;
    fold.content = token.type === "blockquote_open" ? "<details><summary>Quote</summary>" : "</details>\n";
    return token.type === "blockquote_open" ? [fold, token] : [token, fold];
  });
}
markdown.renderer.rules.fold = (tokens, index) => tokens[index].content;

function inCards(tokens) {
  let open = false;
  const cards = tokens.flatMap((token) => {
    if (token.type !== "heading_open" || token.tag !== "h2") return [token];
    const before = open ? [card(token, "</article>\n")] : [];
    open = true;
    return [...before, card(token, '<article class="card">\n'), token];
  });
  return open ? [...cards, card(tokens[0], "</article>\n")] : cards;
}

function card(like, html) {
  const token = new like.constructor("fold", "", 0);
  token.content = html;
  return token;
}
