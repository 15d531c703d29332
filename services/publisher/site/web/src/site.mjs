// What papersys says of the site and of this build: the JSON file that PAPERSYS_SITE names.
import { readFileSync } from "node:fs";

export const site = JSON.parse(readFileSync(process.env.PAPERSYS_SITE, "utf-8"));

// Where the site is found, with a slash at its end.
export const address = new URL(`${site.address}/`);

export const path = (page = "") => `${address.pathname}${page}`;
export const paperPath = (file) => path(`papers/${encodeURIComponent(file)}/`);
export const dayPath = (day) => path(`days/${day}/`);
export const tagPath = (name) => path(`tags/${encodeURIComponent(tagSlug(name))}/`);

// As `tag_slug` of the reader, but without #, which no host finds in the name of a folder: `c#` is `c-sharp`.
export const tagSlug = (name) =>
  name.toLowerCase().replaceAll("#", "-sharp-").replace(/[^\p{L}\p{N}_+]+/gu, "-").replace(/^[-_]+|[-_]+$/g, "") || "tag";
