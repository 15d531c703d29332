"""Every definition of a text, and which one explains a term at a place: the first one before it wins."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from services.publisher.reading.definitions.acronyms import acronyms_of
from services.publisher.reading.definitions.sentence_places import ATOM, masked, sentence_places
from services.publisher.reading.definitions.symbols import symbol_definitions, symbol_key, symbols_in
from services.publisher.reading.fulltext.markdown.blocks import Block

_MOST = 400
_KINDS = ("paragraph", "item", "quotation", "footnote")


@dataclass(frozen=True)
class Definition:
    """A term and what the text says it is; its sentence is characters `start` to `end` of the document.

    An acronym's `meaning` is its long form, a symbol's the words that define it, both as they stand there.
    """

    number: int
    kind: Literal["acronym", "symbol"]
    term: str
    meaning: str
    sentence: str
    start: int
    end: int
    is_outright: bool = True


@dataclass(frozen=True)
class Use:
    """What explains a term where it is used; `is_later`: its definition comes only further on."""

    definition: Definition
    is_later: bool = False


class Definitions:
    """The definitions of one text."""

    def __init__(self, found: Iterable[Definition]) -> None:
        self.all = tuple(found)
        self._acronyms: defaultdict[str, list[Definition]] = defaultdict(list)
        self._symbols: defaultdict[str, list[Definition]] = defaultdict(list)
        for definition in self.all:
            if definition.kind == "acronym":
                self._acronyms[definition.term].append(definition)
            else:
                self._symbols[symbol_key(definition.term)].append(definition)

    @property
    def acronyms(self) -> tuple[str, ...]:
        """Every short form, the longest first."""
        return tuple(sorted(self._acronyms, key=lambda short: (-len(short), short)))

    def of_acronym(self, short: str, position: int) -> Use | None:
        """What a short form means at a character of the document."""
        return _first_before(self._acronyms.get(short, ()), position)

    def of_formula(self, formula: str, position: int) -> list[Use]:
        """What its symbols mean, each once; without what stands above and below them where only that is known."""
        uses: dict[int, Use] = {}
        for whole, bare in symbols_in(formula):
            use = _first_before(self._symbols.get(whole) or self._symbols.get(bare) or (), position)
            if use is not None:
                uses.setdefault(use.definition.number, use)
        return list(uses.values())


def definitions_of(blocks: Iterable[Block]) -> Definitions:
    """What the sentences of a text define, in the order of the text, each once; at most a few hundred."""
    found: dict[tuple[str, str], Definition] = {}
    for block in blocks:
        if block.kind in _KINDS and len(found) < _MOST:
            for definition in _of_block(block):
                key = definition.term, definition.meaning.casefold()
                found.setdefault(key, replace(definition, number=len(found)))
    return Definitions(found.values())


def _of_block(block: Block) -> list[Definition]:
    found: list[Definition] = []
    for start, end in sentence_places(block.words):
        sentence = block.words[start:end]
        place = (block.start + start, block.start + end)
        for acronym in acronyms_of(masked(sentence).replace(ATOM, "$")):
            found.append(Definition(0, "acronym", acronym.short, acronym.long, sentence, *place))
        for symbol in symbol_definitions(sentence):
            facts = (symbol.symbol, symbol.words, sentence, *place, symbol.is_outright)
            found.append(Definition(0, "symbol", *facts))
    return found


def _first_before(definitions: Iterable[Definition], position: int) -> Use | None:
    """The first outright definition up to a place, else the first other one there, else the first one further on."""
    listed = list(definitions)
    before = [definition for definition in listed if definition.start <= position]
    for choice in (before, listed):
        chosen = next((one for one in choice if one.is_outright), None) or next(iter(choice), None)
        if chosen is not None:
            return Use(chosen, is_later=chosen.start > position)
    return None
