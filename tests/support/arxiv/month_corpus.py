"""A month of announcement days for the demo arXiv, made of the demo's own papers."""

import json
from datetime import date, timedelta
from pathlib import Path

from deploy.demo.papers.corpus import OWN_FOLDER

FRIDAY = 4


def announcement_days(count: int, last: date) -> list[date]:
    """So many weekdays, the last of them not after `last`."""
    days: list[date] = []
    while len(days) < count:
        if last.weekday() <= FRIDAY:
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def write_month(folder: Path, days: list[date], papers_a_day: int) -> list[str]:
    """A folder for `python -m deploy.demo --folder`; returns the ids of its papers.

    Each paper has the title and abstract of one of the demo's and the end of another one's.
    """
    lines = [line for path in sorted(OWN_FOLDER.glob("papers/*.jsonl")) for line in path.read_text().splitlines()]
    known = [json.loads(line) for line in lines]
    papers = [_paper(known, days[number // papers_a_day], number) for number in range(len(days) * papers_a_day)]
    folder.mkdir(parents=True)
    folder.joinpath("month.jsonl").write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    return [str(paper["id"]) for paper in papers]


def _paper(known: list[dict[str, object]], day: date, number: int) -> dict[str, object]:
    one, other = known[(number * 7) % len(known)], known[(number * 11 + 3) % len(known)]
    return {
        "id": f"{day:%y%m}.{10_000 + number}",
        "title": f"{one['title']}, Part {number}",
        "abstract": f"{one['abstract']} {str(other['abstract'])[-300:]}",
        "authors": one["authors"],
        "categories": one["categories"],
        "announced": [day.isoformat()],
    }
