// Makes the index of the search, of all papers that have a page: `node search_index.mjs FACTS`, a JSON file that names
// them with the hash of each one's file, the `folder` of the index, and where the records of the last build are `kept`.
import { createReadStream, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import * as pagefind from "pagefind";
import { bodyText, hasFormulas, lineHtml } from "./src/markdown.mjs";
import { entryOf } from "./src/markdown_folder.mjs";
import { paperPath } from "./src/site.mjs";

const LANGUAGE = "en"; // that of the pages: a browser loads the index of its page's language alone
const AT_ONCE = 200;

const { papers, folder, kept } = JSON.parse(await readFile(process.argv[2], "utf-8"));
const records = await allRecords();
const { index, errors } = await pagefind.createIndex({ forceLanguage: LANGUAGE });
refuse(errors);
for (let start = 0; start < records.length; start += AT_ONCE) {
  const added = records.slice(start, start + AT_ONCE).map(({ name, record }) =>
    index.addCustomRecord({ url: paperPath(name), language: LANGUAGE, ...record }));
  for (const answer of await Promise.all(added)) refuse(answer.errors);
}
refuse((await index.writeFiles({ outputPath: folder })).errors);
await pagefind.close();

// In the order of the names, so that the same papers make the same index.
async function allRecords() {
  const known = await readKept();
  const all = Object.entries(papers).sort().map(([name, hash]) => {
    const before = known.get(name);
    return before?.hash === hash ? before : { name, hash, record: recordOf(name) };
  });
  if (all.length !== known.size || all.some((each) => known.get(each.name) !== each)) keep(all);
  return all;
}

function recordOf(name) {
  const { data, body } = entryOf("papers", name);
  const heading = lineHtml(data.heading ?? "");
  const authors = (data.authors ?? []).join(", ");
  const labels = data.tag_labels ?? [];
  const id = `${data.label ?? `arXiv:${data.paper_id} ${data.paper_id}`}.`; // both are words of their own
  const content = [bodyText(body), ...labels.map((label) => `${label}.`), `${authors}.`, `${data.title}.`, id].join(" ");
  // Words of meta are found, too; those of HTML should not be.
  const typeset = hasFormulas(heading) ? { typeset: Buffer.from(heading).toString("base64url") } : {};
  return { content, meta: { title: data.title, authors, ...typeset } };
}

async function readKept() {
  const known = new Map();
  if (!existsSync(kept)) return known;
  for await (const line of createInterface({ input: createReadStream(kept), crlfDelay: Infinity })) {
    try {
      const each = JSON.parse(line);
      known.set(each.name, each);
    } catch {
      // half a line; its record is made anew
    }
  }
  return known;
}

function keep(all) {
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(`${kept}.new`, all.map((each) => `${JSON.stringify(each)}\n`).join(""));
  renameSync(`${kept}.new`, kept);
}

function refuse(problems) {
  if (problems?.length) throw new Error(problems.join("; "));
}
