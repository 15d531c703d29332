"""Data sets and tasks by the words that papers use for them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Dataset(NamedTuple):
    """A data set; `task` is what it is for, empty where it is for several things."""

    name: str
    task: str = ""


_FOLDER = Path(__file__).parent
_MT = "machine translation"


def rows_of(name: str) -> Iterator[list[str]]:
    """The lines of a list of names, cut at two spaces or more."""
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return (re.split(r" {2,}", line.strip()) for line in lines if line.strip() and not line.startswith("#"))


_KNOWN = tuple(
    (Dataset(row[0], row[2] if len(row) > 2 else ""), re.compile(rf"(?<![\w-])(?:{row[1]})(?![\w]|-[A-Za-z0-9]|\.\d)"))
    for row in rows_of("dataset_names.txt")
)
_YEAR = re.compile(
    r"(?<![\w])(?:newstest[ -]?(20\d\d)|WMT[ -]?['’]?(?:20)?(\d\d)|IWSLT[ -]?['’]?(?:20)?(\d\d))(?!\d)", re.I
)
_LANGUAGES = {
    "english": "EN", "german": "DE", "french": "FR", "romanian": "RO", "russian": "RU", "czech": "CS", "finnish": "FI",
    "chinese": "ZH", "spanish": "ES", "italian": "IT", "japanese": "JA", "turkish": "TR", "vietnamese": "VI",
    "arabic": "AR", "latvian": "LV", "estonian": "ET",
}  # fmt: skip
_CODES = "|".join([*_LANGUAGES.values(), "EN"])
_TO = r"\s*(?:-|–|—|→|\$\\(?:right)?arrow\$|\$\\rightarrow\$|\$\\to\$|[- ]to[- ]|2)\s*"
_PAIR = re.compile(
    rf"(?<![\w])(?:({_CODES}){_TO}({_CODES})|({'|'.join(_LANGUAGES)}){_TO}({'|'.join(_LANGUAGES)}))(?!\w)", re.I
)
_SAID = re.compile(
    r"(?<![\w-])([A-Z][\w'+-]*(?:[ -](?:[A-Z0-9][\w.+-]*|of|and)){0,4}|[a-z]+[A-Z0-9][\w-]*)\s+"
    r"(?:data ?sets?|benchmarks?|corpus|corpora|test ?sets?|dev(?:elopment)? sets?|validation sets?|leaderboard)\b"
)
_NO_NAME = re.compile(
    r"(?:The|This|These|Our|Each|All|Both|In|On|For|We|A|An|Training|Test|Validation|Evaluation|Table|Figure|Standard|Public|New|Large|Small|Several"
    r"|Other|Two|Three|English|German|French|Chinese|Development|Different|Many|Most|Some|Such|Same|Full|Original|Real|Synthetic|Results?)"
)
_TASK_PATTERNS = tuple(
    (name, re.compile(pattern, re.I if pattern.islower() else 0)) for name, pattern in rows_of("task_names.txt")
)
_SPLITS = (
    ("test", re.compile(r"\btest(?:ing)?(?:[- ]?sets?|[- ](?:split|std|dev))?\b|\bnewstest2014\b", re.I)),
    ("dev", re.compile(r"\b(?:dev|val|valid|validation|development)(?:[- ]?set| split)?\b", re.I)),
    ("train", re.compile(r"\btrain(?:ing)?[- ](?:set|split)\b|^train(?:ing)?$", re.I)),
)
_LONGEST_NAME = 60
_KEPT_TEXTS = 4_096
"""Headings and captions repeat: what a text names is found once."""


@lru_cache(maxsize=_KEPT_TEXTS)
def datasets_in(text: str) -> tuple[Dataset, ...]:
    """The known data sets that a text names, those within a longer name left out; translations with their languages."""
    spans = [(match.start(), match.end(), dataset) for dataset, pattern in _KNOWN for match in pattern.finditer(text)]
    spans += [(match.start(), match.end(), Dataset(_year_name(match), _MT)) for match in _YEAR.finditer(text)]
    found: dict[Dataset, int] = {}
    for start, end, dataset in spans:
        if not any(other[0] <= start and end <= other[1] and end - start < other[1] - other[0] for other in spans):
            found.setdefault(dataset, start)
    return tuple(sorted(found, key=lambda dataset: found[dataset]))


@lru_cache(maxsize=_KEPT_TEXTS)
def pairs_in(text: str) -> tuple[str, ...]:
    """The directions of translation that a text names, as `EN-DE`."""
    return tuple(
        dict.fromkeys(f"{_code(match[1] or match[3])}-{_code(match[2] or match[4])}" for match in _PAIR.finditer(text))
    )


def said_datasets(text: str) -> dict[str, str]:
    """Names that a text itself calls a data set, by their folded form."""
    names = (" ".join(match[1].split()) for match in _SAID.finditer(text))
    return {name.casefold(): name for name in names if len(name) <= _LONGEST_NAME and not _NO_NAME.match(name)}


@lru_cache(maxsize=_KEPT_TEXTS)
def tasks_in(text: str) -> tuple[str, ...]:
    """The tasks that a text names, in its order, those within a longer name left out."""
    spans = [(match.start(), match.end(), task) for task, pattern in _TASK_PATTERNS for match in pattern.finditer(text)]
    found: dict[str, int] = {}
    for start, end, task in sorted(spans, key=lambda span: span[0]):
        if not any(other[0] <= start and end <= other[1] and end - start < other[1] - other[0] for other in spans):
            found.setdefault(task, start)
    return tuple(found)


@lru_cache(maxsize=_KEPT_TEXTS)
def splits_in(text: str) -> tuple[str, ...]:
    """`test`, `dev` or `train`, as far as a text names them."""
    return tuple(name for name, pattern in _SPLITS if pattern.search(text))


def _year_name(match: re.Match[str]) -> str:
    if match[3]:
        return f"IWSLT{match[3]}"
    return f"WMT{match[1][2:] if match[1] else match[2]}"


def _code(text: str) -> str:
    return _LANGUAGES.get(text.casefold(), text.upper())
