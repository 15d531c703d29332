// The papers and days of the site, in the orders in which its pages list them.
import { getCollection } from "astro:content";
import { site, tagSlug } from "./site.mjs";

const PER_PAGE = 100;

let known;

// Every paper, newest first.
export function allPapers() {
  known ??= getCollection("papers").then((papers) => papers.sort(newestFirst));
  return known;
}

// The papers whose page is made in this build; the others' pages are taken over from the last one.
export async function papersToBuild() {
  const unchanged = new Set(site.unchanged);
  return (await allPapers()).filter((paper) => !unchanged.has(paper.id));
}

export const allDays = async () =>
  (await getCollection("days")).sort((one, other) => (one.data.day < other.data.day ? 1 : -1));

// The pages that Markdown can lead to.
export const knownPages = async () => new Set((await allPapers()).map((paper) => `papers/${paper.id}`));

// The day a paper stands under: that of its last pick, or of its summary.
export const dayOf = (paper) => paper.data.picked.at(-1) ?? paper.data.summarised_at.slice(0, 10);

// Tags by the part of the address that names them: label and papers.
export async function tags() {
  const found = new Map();
  for (const paper of await allPapers()) {
    paper.data.tags.forEach((name, place) => {
      const slug = tagSlug(name);
      if (!found.has(slug)) found.set(slug, { slug, name, label: paper.data.tag_labels[place] ?? name, papers: [] });
      const tag = found.get(slug);
      if (tag.papers.at(-1) !== paper) tag.papers.push(paper);
    });
  }
  return [...found.values()].sort((one, other) => other.papers.length - one.papers.length || compare(one.label, other.label));
}

// Months with their papers, newest first.
export async function months() {
  const found = new Map();
  for (const paper of await allPapers()) {
    const month = dayOf(paper).slice(0, 7);
    found.set(month, [...(found.get(month) ?? []), paper]);
  }
  return [...found].sort(([one], [other]) => (one < other ? 1 : -1)).map(([month, papers]) => ({ month, papers }));
}

// Relations between papers that both have a page, by kind.
export async function relations() {
  const papers = new Map((await allPapers()).map((paper) => [paper.id, paper]));
  const found = new Map();
  for (const paper of papers.values()) {
    for (const link of paper.data.relations) {
      const other = papers.get(link.paper);
      if (!other) continue;
      const slug = tagSlug(link.relation);
      if (!found.has(slug)) found.set(slug, { slug, name: link.relation, links: [] });
      found.get(slug).links.push({ paper, other, evidence: link.evidence });
    }
  }
  return [...found.values()].sort((one, other) => one.links.length - other.links.length);
}

export const pageSize = PER_PAGE;

export const monthName = (month) =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" });

export const dateName = (day, options = {}) =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", {
    day: "numeric", month: "long", year: "numeric", timeZone: "UTC", ...options,
  });

export const dayName = (day) => dateName(day, { weekday: "long" });

const compare = (one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1);

const newestFirst = (one, other) =>
  compare(`${dayOf(other)} ${other.data.summarised_at} ${other.id}`, `${dayOf(one)} ${one.data.summarised_at} ${one.id}`);
