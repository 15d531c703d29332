"""The versions of a paper: what is known of each here."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary

_SHOWN = 8


@dataclass(frozen=True)
class Version:
    """`earlier_text` is the next older version whose text is stored too, so that the two can be compared."""

    number: int
    is_newest: bool
    has_text: bool
    is_summarised: bool
    earlier_text: int | None


@dataclass(frozen=True)
class Versions:
    """The newest versions, newest first; `is_behind`: the summary is of an older one. `older` are not shown."""

    shown: list[Version]
    older: int
    summarised: int | None

    @property
    def newest(self) -> int:
        return self.shown[0].number if self.shown else 1

    @property
    def is_behind(self) -> bool:
        return self.summarised is not None and self.summarised < self.newest


def versions_of(paper: Paper | None, summary: Summary | None, with_text: Collection[int]) -> Versions:
    """`with_text` are the versions whose text is stored."""
    summarised = _summarised(summary)
    newest = max([paper.version if paper else 1, summarised or 1, *with_text])
    numbers = range(newest, max(0, newest - _SHOWN), -1)
    shown = [
        Version(
            number=number,
            is_newest=number == newest,
            has_text=number in with_text,
            is_summarised=number == summarised,
            earlier_text=_earlier(number, with_text),
        )
        for number in numbers
    ]
    return Versions(shown, newest - len(shown), summarised)


def _summarised(summary: Summary | None) -> int | None:
    """The version whose text was read; that of the metadata where only the abstract was."""
    return summary.made_by.document_version or summary.version if summary else None


def _earlier(number: int, with_text: Collection[int]) -> int | None:
    earlier = [other for other in with_text if other < number]
    return max(earlier) if earlier and number in with_text else None
