import rss from "@astrojs/rss";
import { allPapers } from "../library.mjs";
import { address, paperPath, path, site } from "../site.mjs";

const NEWEST = 50;

export async function GET() {
  const papers = [...(await allPapers())].sort((one, other) => (one.data.summarised_at < other.data.summarised_at ? 1 : -1));
  return rss({
    title: site.title,
    description: site.description,
    site: new URL(path(), address).href,
    trailingSlash: true,
    items: papers.slice(0, NEWEST).map((paper) => ({
      title: paper.data.title,
      description: paper.data.description,
      link: new URL(paperPath(paper.id), address).href,
      pubDate: new Date(paper.data.summarised_at),
      categories: paper.data.tag_labels,
    })),
    customData: "<language>en</language>",
  });
}
