"""A long answer of another papersys comes in pages, each a result of the contract; here they become one again."""

from collections.abc import Mapping, Sequence
from typing import Any

MOST_PAGES = 20
_JOINED = ("sentences", "citations")


def page_count(content: Mapping[str, Any]) -> int:
    """How many pages an answer says that it has."""
    pages = content.get("pages")
    return min(pages, MOST_PAGES) if isinstance(pages, int) else 1


def joined_pages(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The results of the pages as one, in their order; None where the first has none."""
    results = [result for page in pages if (result := _result_in(page)) is not None]
    if not results:
        return None
    answers = [str(result.get("answer", "")) for result in results]
    lists = {name: [item for result in results for item in result.get(name) or ()] for name in _JOINED}
    by_number = {citation.get("number"): citation for citation in lists["citations"] if isinstance(citation, Mapping)}
    return {**results[0], **lists, "citations": list(by_number.values()), "answer": "\n\n".join(answers)}


def _result_in(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    quoted = content.get("quoted")
    result = quoted.get("result") if isinstance(quoted, Mapping) else None
    return result if isinstance(result, Mapping) else None
