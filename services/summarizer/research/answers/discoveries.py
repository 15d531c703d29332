"""Papers that were met on the way: what the cited passages cite, and is not among the papers that are kept."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from services.summarizer.evidence.wording import content_stems
from services.summarizer.research.loop.question import Evidence, FoundChunk
from services.summarizer.text.passages import one_line, plain_text
from shared.contracts import Discovery
from shared.paper_ids import parse_paper_id
from shared.store.papers.documents import Reference

_MOST_TOLD, _MOST_WITHOUT_ID = 5, 2
_KEYS = re.compile(r"\[[^\[\]\n]*@[^\[\]\n]*\]")
_KEY = re.compile(r"@([\w:./+-]*\w)")
_LONGEST_TITLE, _SHORTEST_TITLE_WORDS = 200, 4
_OF_ARXIV = re.compile(r"10\.48550/arxiv\.", re.I)
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"'`\\]{1,280}")


@dataclass
class _Met:
    reference: Reference
    cited_by: dict[str, None] = field(default_factory=dict)
    shared: int = 0
    is_in_the_sentence: bool = False


def discoveries_in(
    question: str,
    cited: Sequence[Evidence],
    chunks: Mapping[str, FoundChunk],
    references: Mapping[str, Sequence[Reference]],
    kept: Collection[str],
) -> tuple[Discovery, ...]:
    """The references near the cited sentences, those first that more papers cite or that share the question's words.

    One without an arXiv id is told where a cited sentence itself refers to it, or where it shares words.
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
                one.is_in_the_sentence |= key in _keys_in(each.raw)
    ranked = sorted(met.values(), key=lambda one: (-len(one.cited_by), -one.shared, not one.is_in_the_sentence))
    without = list(islice((one for one in ranked if not _id_of(one.reference) and _is_near(one)), _MOST_WITHOUT_ID))
    with_id = [one for one in ranked if _id_of(one.reference)][: _MOST_TOLD - len(without)]
    return tuple(map(_discovery, [*with_id, *without]))


def harvested(discovery: Discovery, titles: Mapping[str, str]) -> Discovery:
    """One without an id as the paper, of some that were harvested, whose title stands in it whole."""
    words = f" {' '.join(_words(discovery.title))} "
    for paper_id, title in titles.items():
        its_words = _words(title)
        if len(its_words) >= _SHORTEST_TITLE_WORDS and f" {' '.join(its_words)} " in words:
            return discovery.model_copy(update={"paper_id": paper_id, "title": one_line(title)})
    return discovery


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", plain_text(text).casefold())


def _is_near(one: _Met) -> bool:
    return bool(one.shared) or one.is_in_the_sentence


def _keys_in(markdown: str) -> list[str]:
    return [key for group in _KEYS.findall(markdown) for key in _KEY.findall(group)]


def _is_new(reference: Reference, kept: Collection[str]) -> bool:
    return _id_of(reference) not in kept


def _id_of(reference: Reference) -> str | None:
    """Its id at arXiv, which its DOI may be made of."""
    by_doi = _OF_ARXIV.sub("", reference.doi) if reference.doi and _OF_ARXIV.match(reference.doi) else ""
    try:
        return parse_paper_id(reference.arxiv_id or by_doi)
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
        doi=met.reference.doi if met.reference.doi and _DOI.fullmatch(met.reference.doi) else "",
        cited_by=papers,
        reason=f"{by} to it beside the sentences of this answer; it is not in your list",
    )
