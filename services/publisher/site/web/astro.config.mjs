import sitemap from "@astrojs/sitemap";
import { defineConfig, passthroughImageService } from "astro/config";
import { address, site } from "./src/site.mjs";

// Pages that are taken over from the last build are pages of the site, too.
const takenOver = site.unchanged.map((file) => new URL(`${address.pathname}papers/${file}/`, address).href);

export default defineConfig({
  site: address.origin,
  base: address.pathname,
  trailingSlash: "always",
  outDir: site.out,
  cacheDir: site.cache,
  build: { format: "directory", inlineStylesheets: "never" },
  image: { service: passthroughImageService() },
  integrations: [sitemap({ customPages: takenOver, filter: (page) => !page.endsWith("/search/") })],
  vite: { build: { assetsInlineLimit: 0 } },
});
