"""Adding one paper to a month of summaries, and reading one, beside the plain way that parses and writes all of it.

`python -m tests.bench.reading.bench_summary_store [PAPERS]`, 1,000 by default; prints a table and one line of JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.files.record_lines import dump_line
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore

_MONTH, _TRIES = "2024-10", 15
_NAMES = ["summary", "problem", "method", "experiment", "result", "limitations", "thoughts", "institutions"]


def main(papers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder), 0)
        path = data.path("summaries", f"{_MONTH}.jsonl")
        data.write_text(path, "".join(dump_line(summary(number)) for number in range(papers)))
        megabytes = path.stat().st_size / 1e6
        warm = SummaryStore(data)
        warm.put(summary(papers // 2))
        seconds = {
            "add, store open": median_of(lambda: warm.put(summary(papers // 2))),
            "add, store just opened": median_of(lambda: SummaryStore(data).put(summary(papers // 2))),
            "add, plain": median_of(lambda: plain_put(data, path, summary(papers // 2)), tries=3),
            "read one, store just opened": median_of(lambda: SummaryStore(data).get(summary(1).paper_id)),
            "read one, plain": median_of(lambda: plain_read(path), tries=3),
        }
    print(f"A month of {papers:,} summaries, {megabytes:.1f} MB; medians.")
    for what, spent in seconds.items():
        print(f"{what:30} {spent * 1e3:9.1f} ms")
    ratio = seconds["add, plain"] / seconds["add, store open"]
    print(f"{'plain / store, adding':30} {ratio:9.1f} x")
    print(json.dumps({"papers": papers, "ratio": round(ratio, 1), **{k: round(v, 5) for k, v in seconds.items()}}))


def median_of(work: Callable[[], object], tries: int = _TRIES) -> float:
    seconds = []
    for _ in range(tries):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def plain_read(path: Path) -> dict[str, Summary]:
    records = (Summary.model_validate_json(line) for line in path.read_text().splitlines())
    return {record.paper_id: record for record in records}


def plain_put(data: DataFolder, path: Path, record: Summary) -> None:
    """As it was done before: every line parsed, every line written anew."""
    records = {**plain_read(path), record.paper_id: record}
    data.write_text(path, "".join(dump_line(records[paper_id]) for paper_id in sorted(records)))


def summary(number: int) -> Summary:
    quote = Quote(text="We show that it is so in all of the cases that we looked at. " * 3, section="Introduction")
    claim = Claim(text="A statement about something that was measured in a paper. " * 2, quotes=(quote,))
    return Summary(
        paper_id=f"2410.{number:05d}",
        version=1,
        mode="llm",
        fields=tuple(FieldValue(name=name, claims=(claim, claim)) for name in _NAMES),
        made_at=datetime(2026, 11, 6, tzinfo=UTC),
        made_by=MadeBy(event_id=f"event-{time.monotonic_ns()}", model="bench"),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
