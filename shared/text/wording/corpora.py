"""A corpus in words, as people type it: `list`, `read tag:rag since:2026-01-01`, `2403.12345 2403.12346`.

Conditions stand apart by spaces or commas; quotation marks hold several words together: `tag:"external sorting"`.
"""

import re
from collections import defaultdict
from datetime import date
from typing import Any, get_args

from shared.contracts.papers.research import Corpus, CorpusKind
from shared.paper_ids import is_local, parse_any_paper_id

FORMS = "list, read, all or mine, tag:NAME, category:cs.CL, since:2026-01-31, until:2026-02-28, and arXiv ids"
"""What a corpus may be made of, for help and errors."""
_KINDS: tuple[CorpusKind, ...] = get_args(CorpusKind)
_KEYS = {"tag": "tags", "category": "categories", "cat": "categories", "since": "from_date", "until": "until_date"}
_CATEGORY = re.compile(r"[A-Za-z][A-Za-z-]*(?:\.[A-Za-z-]+)?")
_APART = re.compile(r"""[,\s]+(?=(?:[^"]*"[^"]*")*[^"]*$)""")
_NEEDS_QUOTES = re.compile(r"[\s,]")
_MOST_CHARACTERS, _MOST_PAPERS = 20_000, 500


def parse_corpus(text: str) -> Corpus:
    """The corpus that a text means; an empty one is the default. Raises ValueError that says what may stand there."""
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"a corpus of {len(text):,} characters is too long; {_MOST_CHARACTERS:,} are allowed")
    if text.count('"') % 2:
        raise ValueError(f'{text!r} has a quotation mark that is not closed; write tag:"several words"')
    values: dict[str, Any] = {}
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for word in filter(None, _APART.split(text.strip())):
        name, value = _condition(word)
        if name in ("tags", "categories", "paper_ids"):
            lists[name].append(value)
        elif name in values and values[name] != value:
            raise ValueError(f"{text!r} says {name.removesuffix('_date')} twice: {values[name]} and {value}; keep one")
        else:
            values[name] = value
    return _corpus({**values, **{name: tuple(dict.fromkeys(listed)) for name, listed in lists.items()}}, text)


def corpus_text(corpus: Corpus) -> str:
    """The text that `parse_corpus` reads as this corpus."""
    words: list[str] = [corpus.kind]
    words += [f"tag:{_quoted(tag)}" for tag in corpus.tags]
    words += [f"category:{category}" for category in corpus.categories]
    words += [f"since:{corpus.from_date}"] if corpus.from_date else []
    words += [f"until:{corpus.until_date}"] if corpus.until_date else []
    return " ".join([*words, *corpus.paper_ids])


def _condition(word: str) -> tuple[str, str]:
    """Which field of a corpus a word is about, and its value."""
    if word.casefold() in _KINDS:
        return "kind", word.casefold()
    key, colon, value = word.partition(":")
    name = _KEYS.get(key.casefold()) if colon else None
    if name is None or is_local(word):
        return "paper_ids", _paper_id(word)
    value = value.replace('"', "").strip()
    if not value:
        raise ValueError(f"{word!r} names nothing after the colon; a corpus is made of {FORMS}")
    if name == "categories" and not _CATEGORY.fullmatch(value):
        raise ValueError(f"{value!r} is not a category of arXiv; they look like cs.CL or hep-th")
    return name, _day(value) if name.endswith("_date") else value


def _paper_id(word: str) -> str:
    try:
        return parse_any_paper_id(word)
    except ValueError as error:
        raise ValueError(f"{word!r} is no corpus; it is made of {FORMS}") from error


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid date; write it as 2026-01-31") from error


def _corpus(values: dict[str, Any], text: str) -> Corpus:
    if len(values.get("paper_ids", ())) > _MOST_PAPERS:
        raise ValueError(f"{len(values['paper_ids'])} papers are too many for one question; {_MOST_PAPERS} are allowed")
    corpus = Corpus.model_validate(values)
    if corpus.from_date and corpus.until_date and corpus.from_date > corpus.until_date:
        raise ValueError(f"{text!r} begins on {corpus.from_date}, after its end on {corpus.until_date}")
    return corpus


def _quoted(tag: str) -> str:
    return f'"{tag}"' if _NEEDS_QUOTES.search(tag) else tag
