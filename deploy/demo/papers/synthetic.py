"""Any number of made-up records for stress tests; a record is built when it is asked for, so dates alone are kept."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from deploy.demo.papers.corpus import Corpus, Entry
from deploy.demo.papers.paper import Author, Paper

_CATEGORIES = (("cs.LG",), ("cs.CV", "cs.AI"), ("math.CO",), ("quant-ph",), ("astro-ph.GA",), ("stat.ML", "cs.LG"))
_WORDS = [
    "adaptive", "bounded", "coupled", "diffuse", "exact", "finite", "graph", "hidden", "implicit", "joint",
    "kernel", "latent", "margin", "noisy", "operator", "phase", "quantum", "random", "sparse", "tensor",
    "uniform", "variance", "weighted", "estimator", "lattice", "signal", "galaxy", "network", "protein", "spin",
]  # fmt: skip
_FIRST_DAY = date(2020, 1, 1)
_PER_MONTH = 9_000


def generate_corpus(n: int, seed: int = 0) -> Corpus:
    """n papers from 2020 on, 9,000 a month; the same n and seed give the same papers. The text is noise."""
    entries = [_entry(index, seed) for index in range(n)]
    return Corpus(_Papers(entries, seed), entries)


class _Papers(Mapping[str, Paper]):
    def __init__(self, entries: list[Entry], seed: int) -> None:
        self._entries = entries
        self._seed = seed

    def __getitem__(self, paper_id: str) -> Paper:
        index = _index(paper_id)
        if not 0 <= index < len(self._entries) or self._entries[index].paper_id != paper_id:
            raise KeyError(paper_id)
        return _paper(self._entries[index], self._seed)

    def __iter__(self) -> Iterator[str]:
        return (entry.paper_id for entry in self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _entry(index: int, seed: int) -> Entry:
    months, number = divmod(index, _PER_MONTH)
    month = date(_FIRST_DAY.year + months // 12, months % 12 + 1, 1)
    day = month + timedelta(days=number * 27 // _PER_MONTH)
    day += timedelta(days=max(0, day.weekday() - 4) and 7 - day.weekday())
    choice = (index * 2_654_435_761 + seed) >> 7
    return Entry(f"{month:%y%m}.{number:05d}", (day.isoformat(),), _CATEGORIES[choice % len(_CATEGORIES)])


def _index(paper_id: str) -> int:
    if len(paper_id) != 10 or not (paper_id[:4] + paper_id[5:]).isdigit():
        return -1
    return ((int(paper_id[:2]) - 20) * 12 + int(paper_id[2:4]) - 1) * _PER_MONTH + int(paper_id[5:])


def _paper(entry: Entry, seed: int) -> Paper:
    draw = random.Random(f"{seed} {entry.paper_id}")
    sentences = [" ".join(draw.choices(_WORDS, k=14)).capitalize() + "." for _ in range(7)]
    return Paper(
        paper_id=entry.paper_id,
        title=" ".join(draw.choices(_WORDS, k=7)).capitalize(),
        abstract=" ".join(sentences),
        authors=tuple(Author(draw.choice(_WORDS).capitalize(), draw.choice("ABCDEFGH") + ".") for _ in range(3)),
        categories=entry.categories,
        announced=entry.announced,
    )
