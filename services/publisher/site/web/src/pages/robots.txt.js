import { address, path } from "../site.mjs";

export const GET = () =>
  new Response(`User-agent: *\nAllow: /\n\nSitemap: ${new URL(path("sitemap-index.xml"), address).href}\n`);
