// A content loader for a folder of Markdown: what has not changed is kept, and a file that cannot be used is named and
// left out, so that it never stops the others. Bodies stay in their files until a page is made of them.
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, load } from "js-yaml";
import { site } from "./site.mjs";

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.~-]*\.md$/u; // a repository's ids have ~ for what a name cannot hold
const FRONT_MATTER = /^---\r?\n(.*?)\r?\n---\r?\n?/s;

export function markdownFolder(name) {
  const folder = join(site.content, name);
  return {
    name: "markdown-folder",
    async load({ store, parseData, generateDigest, logger }) {
      const kept = new Set();
      for (const file of markdownFiles(folder)) {
        const id = file.slice(0, -3);
        try {
          if (!NAME.test(file)) throw new Error("a file's name may have letters, digits, dots, hyphens, tildes and underscores");
          const text = readText(join(folder, file));
          const digest = generateDigest(text);
          if (store.get(id)?.digest !== digest) {
            const data = frontMatter(text);
            if (data.hidden === true) throw new Error("it says hidden: true");
            store.set({ id, data: await parseData({ id, data }), digest });
          }
          kept.add(id);
        } catch (error) {
          leaveOut(`${name}/${file}`, error, logger);
        }
      }
      for (const id of [...store.keys()]) if (!kept.has(id)) store.delete(id);
    },
  };
}

// The Markdown of an entry, without its front matter.
export const bodyOf = (name, id) => readText(join(site.content, name, `${id}.md`)).replace(FRONT_MATTER, "");

// What the front matter of an entry says, unchecked, and its Markdown.
export function entryOf(name, id) {
  const text = readText(join(site.content, name, `${id}.md`));
  return { data: frontMatter(text), body: text.replace(FRONT_MATTER, "") };
}

function markdownFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith(".md") && !file.startsWith(".")).sort();
}

const readText = (path) => new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));

function frontMatter(text) {
  const match = FRONT_MATTER.exec(text);
  if (!match) throw new Error("it does not begin with front matter between two lines ---");
  return load(match[1], { schema: CORE_SCHEMA }) ?? {};
}

// Astro writes Markdown, and names the file once more.
const reasonOf = (error) =>
  String(error.message ?? error).replace(/^[^]*data does not match collection schema\.\s*/, "").replaceAll("**", "")
    .replace(/\s+/g, " ").trim().slice(0, 500);

function leaveOut(file, error, logger) {
  const reason = reasonOf(error);
  logger.warn(`${file} is left out: ${reason}`);
  appendFileSync(site.problems, `${JSON.stringify({ file, reason })}\n`);
}
