"""Papers as text: what an e-print is, and the ways from it to Markdown with a judgement of what came out."""
