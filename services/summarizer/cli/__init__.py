"""Commands of the summarizer: `papersys llm`, `summarize`, `cost`."""
