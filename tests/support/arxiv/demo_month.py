"""A month of the demo arXiv: the demo's papers told again under other numbers, some every working day."""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deploy.demo.papers.corpus import OWN_FOLDER

FIRST_DAY = date(2026, 10, 1)


def working_days(count: int) -> list[date]:
    """The first working days from October 2026 on."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(2 * count + 3))
    return [day for day in days if day.weekday() < 5][:count]


def write_month(folder: Path, days: int, papers_a_day: int) -> Path:
    """A folder for the demo arXiv; the same numbers make the same papers."""
    known = _known_papers()
    announced = working_days(days)
    path = folder / "papers" / "month.jsonl"
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as file:
        for number in range(days * papers_a_day):
            paper = _retold(known, number, announced[number // papers_a_day :])
            file.write(json.dumps(paper, ensure_ascii=False) + "\n")
    return folder


def _known_papers() -> list[dict[str, Any]]:
    lines = [line for path in sorted((OWN_FOLDER / "papers").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    return [json.loads(line) for line in lines]


def _retold(known: list[dict[str, Any]], number: int, days: list[date]) -> dict[str, Any]:
    """A paper with sentences of two; every twentieth is revised two working days later."""
    chance = random.Random(number)
    told, other = known[number % len(known)], chance.choice(known)
    sentences = [*told["abstract"].split(". "), *other["abstract"].split(". ")[1:3]]
    announced = [days[0], days[2]] if number % 20 == 7 and len(days) > 2 else [days[0]]
    return {
        "id": f"{days[0]:%y%m}.{number + 1:05d}",
        "title": f"{told['title']}: {other['title'].split(':')[0]}",
        "abstract": ". ".join(sentence.rstrip(".") for sentence in sentences) + ".",
        "authors": told["authors"],
        "categories": told["categories"],
        "announced": [day.isoformat() for day in announced],
    }
