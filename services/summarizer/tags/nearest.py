"""What a proposed tag means: the same as a tag that is there, for certain or perhaps, or something new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from services.summarizer.tags.matching.abbreviations import well_known
from services.summarizer.tags.matching.forms import TagForm, form_of
from services.summarizer.tags.matching.likeness import least_cosine
from services.summarizer.vectors import Matrix
from shared.store.tagging.tag_decisions import How
from shared.store.tagging.tag_index import Tag, TagIndex
from shared.text.tag_words import tag_words

_NEAREST = 5
_DOUBTFUL_BELOW = 0.1


class Candidate(NamedTuple):
    """A tag that a phrase may mean, with the cosine."""

    slug: str
    cosine: float


@dataclass(frozen=True)
class Meaning:
    """What a phrase means: `slug`, by what and how sure; or, where that is None, what it may mean, nearest first."""

    slug: str | None = None
    how: How = "new"
    score: float = 1.0
    why: str = ""
    doubtful: tuple[Candidate, ...] = ()


class TagMatcher:
    """Compares phrases with the tags of one index. `vectors` are unit rows (d) of labels, by slug."""

    def __init__(self, index: TagIndex, vectors: Mapping[str, Matrix], defined: Iterable[tuple[str, str]] = ()) -> None:
        self._index = index
        self._tags = {slug: tag for slug, tag in index.tags.items() if tag.status in ("canonical", "waiting")}
        known = well_known().within(tag_words(tag.label) for tag in self._tags.values())
        self._abbreviations = known.with_defined(defined)
        self._slugs = [slug for slug in self._tags if slug in vectors]
        self._matrix = np.stack([vectors[slug] for slug in self._slugs]) if self._slugs else None
        self._forms = {slug: self._form(tag.label) for slug, tag in self._tags.items()}
        self._by_key = {form.key: slug for slug, form in self._forms.items()}

    def meaning(self, phrase: str, vector: Matrix | None, least: float) -> Meaning:
        """`least` is the cosine below which a phrase is never taken for a tag, nor asked about."""
        if (slug := self._index.slug_for(phrase)) in self._tags:
            return Meaning(slug, "spelling", why="spelt like it, or decided before")
        form = self._form(phrase)
        slug = self._by_key.get(form.key)
        if slug and not self._index.is_denied(phrase, slug):
            return Meaning(slug, "abbreviation", why=f"stands for {' '.join(form.meant)}")
        near = [one for one in self._near(vector, least) if not self._index.is_denied(phrase, one.slug)]
        judged = [(candidate, least_cosine(form, self._forms[candidate.slug])) for candidate in near]
        for candidate, needed in judged:
            if candidate.cosine >= needed:
                return Meaning(candidate.slug, "meaning", round(candidate.cosine, 4), "near in meaning and spelling")
        doubtful = tuple(candidate for candidate, needed in judged if candidate.cosine >= needed - _DOUBTFUL_BELOW)
        return Meaning(doubtful=doubtful[:_NEAREST])

    def near(self, slug: str, vector: Matrix, least: float) -> list[tuple[Candidate, float]]:
        """The other tags near to one of them, nearest first, each with the cosine from which they are the same."""
        others = [candidate for candidate in self._near(vector, least) if candidate.slug != slug]
        return [(other, least_cosine(self._forms[slug], self._forms[other.slug])) for other in others]

    def tag(self, slug: str) -> Tag:
        return self._tags[slug]

    def _form(self, phrase: str) -> TagForm:
        return form_of(phrase, self._abbreviations)

    def _near(self, vector: Matrix | None, least: float) -> list[Candidate]:
        if vector is None or self._matrix is None:
            return []
        cosines = self._matrix @ vector
        rows: Sequence[int] = np.argsort(-cosines)[: 2 * _NEAREST].tolist()
        return [Candidate(self._slugs[row], float(cosines[row])) for row in rows if cosines[row] >= least]
