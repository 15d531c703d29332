"""Papers that were met on the way: what the cited passages cite, and is not among the papers that are kept."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.summarizer.evidence.wording import content_stems
from services.summarizer.research.loop.question import Evidence, FoundChunk
from services.summarizer.text.passages import one_line, plain_text
from shared.contracts import Discovery
from shared.paper_ids import parse_paper_id
from shared.store.papers.documents import Reference

_MOST_TOLD, _MOST_WITHOUT_ID = 5, 2
_KEYS = re.compile(r"\[[^\[\]\n]*@[^\[\]\n]*\]")
_KEY = re.compile(r"@([\w:./+-]*\w)")
_LONGEST_TITLE = 200


@dataclass
class _Met:
    reference: Reference
    cited_by: dict[str, None] = field(default_factory=dict)
    shared: int = 0


def discoveries_in(
    question: str,
    cited: Sequence[Evidence],
    chunks: Mapping[str, FoundChunk],
    references: Mapping[str, Sequence[Reference]],
    kept: Collection[str],
) -> tuple[Discovery, ...]:
    """The references near the cited sentences, those first that more papers cite or that share the question's words.

    `references` are those of each paper by its id, `kept` the papers that need not be discovered.
    """
    met: dict[str, _Met] = {}
    wanted = set(content_stems(question))
    for each in cited:
        by_key = {reference.key: reference for reference in references.get(each.paper_id, ()) if reference.key}
        chunk = chunks.get(each.chunk_id)
        for key in _keys_in(f"{each.raw} {chunk.text if chunk else ''}"):
            if key in by_key and _is_new(by_key[key], kept):
                one = met.setdefault(_name_of(by_key[key]), _Met(by_key[key]))
                one.cited_by[each.paper_id] = None
                one.shared = len(wanted & set(content_stems(by_key[key].text)))
    ranked = sorted(met.values(), key=lambda one: (-len(one.cited_by), -one.shared, one.reference.arxiv_id is None))
    with_id = [one for one in ranked if one.reference.arxiv_id][:_MOST_TOLD]
    without = [one for one in ranked if not one.reference.arxiv_id and one.shared][:_MOST_WITHOUT_ID]
    return tuple(_discovery(one) for one in [*with_id, *without][:_MOST_TOLD])


def _keys_in(markdown: str) -> list[str]:
    return [key for group in _KEYS.findall(markdown) for key in _KEY.findall(group)]


def _is_new(reference: Reference, kept: Collection[str]) -> bool:
    return reference.arxiv_id is None or _id_of(reference) not in kept


def _id_of(reference: Reference) -> str | None:
    try:
        return parse_paper_id(reference.arxiv_id or "")
    except ValueError:
        return None


def _name_of(reference: Reference) -> str:
    return _id_of(reference) or one_line(reference.text).casefold()


def _discovery(met: _Met) -> Discovery:
    papers = tuple(met.cited_by)
    by = "a cited paper refers" if len(papers) == 1 else f"{len(papers)} cited papers refer"
    title = one_line(plain_text(met.reference.text))[:_LONGEST_TITLE]
    return Discovery(
        title=title,
        paper_id=_id_of(met.reference),
        cited_by=papers,
        reason=f"{by} to it beside the sentences of this answer; it is not in your list",
    )
