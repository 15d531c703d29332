"""Links that need no model: what is cited, and what is similar by problem, by method or as a whole.

Each has a sentence of both papers as evidence: the field that was compared, or the two sentences of the abstracts that
share most.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from services.summarizer.links.candidates import Candidate
from services.summarizer.links.citations import Citation
from services.summarizer.links.qdrant_storage import VectorName
from services.summarizer.relatedness.terms import Rarity, Terms, shared_terms, terms_of
from services.summarizer.text.passages import one_line, plain_text
from services.summarizer.text.sentences import split_sentences
from shared.store.papers.links import LIKED, Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import FieldValue, Quote

_BY_FIELD: tuple[tuple[VectorName, str], ...] = (("problem", "similar_problem"), ("method", "similar_method"))
_BIBLIOGRAPHY = "Bibliography"
_ABSTRACT = "Abstract"
_LONGEST_QUOTE = 500


def citation_links(paper: Paper, citations: Sequence[Citation]) -> list[Link]:
    """A link to each cited paper, with its entry in the bibliography and what it says that this paper is about."""
    return [
        Link(
            paper_id=paper.paper_id,
            other_id=citation.paper_id,
            type="cites",
            score=1.0,
            confidence=1.0,
            evidence=citation.reference,
            quote=Quote(text=citation.reference, section=_BIBLIOGRAPHY) if citation.reference else None,
            other_quote=_nearest_sentence(paper, citation.paper) if citation.paper else None,
        )
        for citation in citations
    ]


def similarity_links(
    paper: Paper, fields: Sequence[FieldValue], candidates: Sequence[Candidate], least: float, most: int
) -> list[Link]:
    """Links to the candidates that are at `least` as near (cosine), at most `most` papers, the most related first.

    A paper that is near by its problem or its method is said to be so; one that is near only as a whole, `similar`.
    """
    links: list[Link] = []
    linked: set[str] = set()
    for candidate in candidates:
        found = _similarities(paper, fields, candidate, least)
        if found and len(linked) < most:
            linked.add(candidate.paper_id)
            links += found
    return links


def _similarities(paper: Paper, fields: Sequence[FieldValue], candidate: Candidate, least: float) -> list[Link]:
    links = []
    for name, kind in _BY_FIELD:
        cosine = candidate.cosines.get(name, -1.0)
        pair = field_quote(fields, name), field_quote(candidate.summary.fields if candidate.summary else (), name)
        if cosine >= least and all(pair):
            links.append(_similar(paper, candidate, kind, cosine, f"{cosine:.2f} ({name})", *pair))
    whole = candidate.cosines.get("abstract", -1.0)
    if not links and whole >= least:
        pair = _likest_sentences(paper, candidate.paper)
        links.append(_similar(paper, candidate, "similar", whole, f"{whole:.2f} (title and abstract)", *pair))
    return links


def _similar(
    paper: Paper, candidate: Candidate, kind: str, cosine: float, what: str, quote: Quote | None, other: Quote | None
) -> Link:
    evidence = f"cosine similarity {what}"
    if candidate.shared_tags:
        evidence += f"; shared tags: {', '.join(candidate.shared_tags)}"
    if candidate.is_liked:
        evidence += LIKED
    score = round(max(0.0, min(1.0, cosine)), 4)
    return Link(
        paper_id=paper.paper_id,
        other_id=candidate.paper_id,
        type=kind,
        score=score,
        confidence=score,
        evidence=evidence,
        quote=quote,
        other_quote=other,
    )


def field_quote(fields: Sequence[FieldValue], name: str) -> Quote | None:
    """The first words of the paper that a field rests on; None where it has none."""
    for field in fields:
        if field.name == name:
            return next((quote for claim in field.claims for quote in claim.quotes if quote.found), None)
    return None


class _Sentence(NamedTuple):
    text: str
    terms: Terms


@lru_cache(maxsize=256)
def _sentences(abstract: str) -> tuple[_Sentence, ...]:
    texts = split_sentences(one_line(plain_text(abstract)))
    return tuple(_Sentence(text, terms_of("", text)) for text in texts if len(text) <= _LONGEST_QUOTE)


def _likest_sentences(paper: Paper, other: Paper) -> tuple[Quote | None, Quote | None]:
    """The sentence of each abstract that share most; None where the abstracts have none."""
    ours, theirs = _sentences(paper.abstract), _sentences(other.abstract)
    if not ours or not theirs:
        return None, None
    rarity = Rarity(sentence.terms for sentence in (*ours, *theirs))
    scored = [
        (value, -i, -j)
        for i, sentence in enumerate(ours)
        for j, value in enumerate(shared_terms(sentence.terms, [one.terms for one in theirs], rarity))
    ]
    _, i, j = max(scored)
    return Quote(text=ours[-i].text, section=_ABSTRACT), Quote(text=theirs[-j].text, section=_ABSTRACT)


def _nearest_sentence(paper: Paper, other: Paper) -> Quote | None:
    """The sentence of the other's abstract that shares most with this paper."""
    theirs = _sentences(other.abstract)
    if not theirs:
        return None
    own = terms_of(paper.title, paper.abstract)
    rarity = Rarity([own, *(sentence.terms for sentence in theirs)])
    values = shared_terms(own, [sentence.terms for sentence in theirs], rarity)
    return Quote(text=theirs[values.index(max(values))].text, section=_ABSTRACT)
