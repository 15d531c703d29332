"""What a summary usually takes of a model: the mean of the newest ones, all calls together (repairs, tags, links)."""

from itertools import islice

from shared.store.papers.summaries import Reading, SummaryStore, Usage

NEWEST = 50
FEWEST = 5
_LOOKED_AT = 1_000


def usual_usage(summaries: SummaryStore, reading: Reading) -> Usage | None:
    """Calls and tokens of a paper that is read in this way, from the newest `NEWEST`; None below `FEWEST` of them.

    Any model's: what a paper takes of one, it takes of another, nearly. `cost` is left to who knows the prices.
    """
    newest = islice(summaries.newest(), _LOOKED_AT)
    read = [summary.usage for summary in newest if summary.mode == "llm" and summary.reading == reading]
    taken = [usage for usage in read if usage.calls][:NEWEST]
    if len(taken) < FEWEST:
        return None
    return Usage(
        calls=round(sum(usage.calls for usage in taken) / len(taken)),
        input_tokens=round(sum(usage.input_tokens for usage in taken) / len(taken)),
        cached_tokens=round(sum(usage.cached_tokens for usage in taken) / len(taken)),
        output_tokens=round(sum(usage.output_tokens for usage in taken) / len(taken)),
    )
