"""The site's pages, made from its Markdown by Astro and pagefind."""
