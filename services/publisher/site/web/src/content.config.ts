import { defineCollection } from "astro:content";
import { z } from "astro/zod";
import { markdownFolder } from "./markdown_folder.mjs";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day looks like 2026-11-06");
const webAddress = z.string().regex(/^https?:\/\/\S+$/, "a link begins with https://");
const texts = z.array(z.string()).default([]);

const papers = defineCollection({
  loader: markdownFolder("papers"),
  schema: z.object({
    title: z.string().min(1),
    heading: z.string().optional(),
    description: z.string().default(""),
    paper_id: z.string({ error: "paper_id is a text; write it between quotes" }).min(1),
    version: z.number().optional(),
    authors: texts,
    categories: texts,
    published: day.optional(),
    withdrawn: z.boolean().default(false),
    doi: z.string().optional(),
    picked: z.array(day).default([]),
    tags: texts,
    tag_labels: texts,
    language: z.string().default("en"),
    mode: z.string().default(""),
    summarised_at: z.iso.datetime({ offset: true }),
    arxiv: z.union([webAddress, z.literal("")]),
    label: z.string().optional(),
    pdf: z.union([webAddress, z.literal("")]).optional(),
    relations: z.array(z.object({ relation: z.string(), paper: z.string(), evidence: z.string().default("") })).default([]),
  }),
});

const days = defineCollection({
  loader: markdownFolder("days"),
  schema: z.object({ title: z.string(), day, papers: texts }),
});

const pages = defineCollection({ loader: markdownFolder(""), schema: z.object({ title: z.string() }) });

export const collections = { papers, days, pages };
