"""What of a paper's results stands on its page: the named ones, the paper's own first."""

from dataclasses import dataclass

from services.publisher.records.records import Records
from shared.result_search import FoundResult, ResultQuestion, find_results

_MOST = 12


@dataclass(frozen=True)
class PaperResultsPart:
    """Some results of a paper, and how many numbers its tables have in all."""

    shown: list[FoundResult]
    named: int
    total: int


def results_part(records: Records, paper_id: str) -> PaperResultsPart | None:
    """The part of the page; None where no table has a number."""
    record = records.results_of(paper_id)
    total = sum(1 for _ in record.all()) if record else 0
    if record is None or not total:
        return None
    named = find_results([record], ResultQuestion())
    shown = sorted(named, key=lambda one: not one.result.is_own)[:_MOST]
    return PaperResultsPart(shown, len(named), total)
