"""A text in which acronyms and symbols point to their definitions, and the list of these."""

import html as html_codes
import re
from typing import NamedTuple

from markupsafe import Markup, escape

from services.publisher.reading.definitions.definitions import Definition, Definitions, Use, definitions_of
from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.inline import inline_html
from services.publisher.rendering.safe_html import claim_html

_KEPT = (0, 1)  # no block has this place: parts count from 1
_PIECES = re.compile(r'(<span class="math[^>]*>)([^<]*)</span>|<[^>]*>|[^<]+')
_SHOWN = 200


class ListedTerm(NamedTuple):
    """A definition as the page lists it; `address` opens the sentence; `plain` is the term as text."""

    number: int
    term: Markup
    meaning: Markup
    sentence: Markup
    address: str
    plain: str


def kept_definitions(text: FullText) -> Definitions:
    """The definitions of a text, found when it is first shown."""
    if _KEPT not in text.kept:
        text.kept[_KEPT] = definitions_of((*text.blocks, *text.notes))
    definitions: Definitions = text.kept[_KEPT]
    return definitions


def listed_terms(text: FullText, part: int, version: int | None) -> list[ListedTerm]:
    """Every definition, in the order of the text; links as seen from a part."""
    return [_listed(definition, text, part, version) for definition in kept_definitions(text).all[:_SHOWN]]


def explained(html: Markup, definitions: Definitions, position: int) -> Markup:
    """HTML of a block with `data-term` where a term is explained: numbers of definitions, `+` behind those further on.

    An acronym is marked where it first stands in the block, a formula always; `position` is where the block ends, so
    that what the block itself defines is known in all of it.
    """
    if not definitions.all:
        return html
    marker = _Marker(definitions, position)
    return Markup(_PIECES.sub(marker.piece, str(html)))  # noqa: S704 - numbers and words of the same HTML are added


class _Marker:
    """Marks the terms of one block."""

    def __init__(self, definitions: Definitions, position: int) -> None:
        self._definitions, self._position = definitions, position
        self._seen: set[str] = set()
        names = "|".join(map(re.escape, definitions.acronyms))
        self._acronyms = re.compile(rf"(?<![\w-])({names})(?=s?(?!\w))") if names else None

    def piece(self, match: re.Match[str]) -> str:
        if match[1]:
            uses = self._definitions.of_formula(html_codes.unescape(match[2]), self._position)
            return f"{match[1][:-1]}{_numbers(uses)}>{match[2]}</span>" if uses else match[0]
        if match[0].startswith("<") or self._acronyms is None:
            return match[0]
        return self._acronyms.sub(self._acronym, match[0])

    def _acronym(self, match: re.Match[str]) -> str:
        use = self._definitions.of_acronym(match[1], self._position)
        if use is None or match[1] in self._seen:
            return match[0]
        self._seen.add(match[1])
        return f'<span class="term"{_numbers([use])}>{match[0]}</span>'


def _numbers(uses: list[Use]) -> str:
    listed = " ".join(f"{use.definition.number}{'+' if use.is_later else ''}" for use in uses)
    return f' data-term="{listed}"'


def _listed(definition: Definition, text: FullText, part: int, version: int | None) -> ListedTerm:
    is_symbol = definition.kind == "symbol"
    shown = (
        Markup('<span class="math inline">{}</span>').format(definition.term) if is_symbol else escape(definition.term)
    )
    address = f"{text.targets.path}?start={definition.start}&end={definition.end}"
    return ListedTerm(
        definition.number,
        shown,
        claim_html(definition.meaning),
        inline_html(definition.sentence, text.targets, part),
        f"{address}&version={version}#quote" if version else f"{address}#quote",
        definition.term,
    )
