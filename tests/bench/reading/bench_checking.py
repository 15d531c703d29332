"""The check of a long summary: quotes, places, support, repeats, oddities. Prints processor seconds and JSON.

python -m tests.bench.reading.bench_checking [--pages 100] [--quotes 40]

The paper is of invented words, 3,000 characters a page, with marks, formulas and citations; every fourth quote is not
in it, every fourth is a near one. Beside it: `str.find` of the quotes in the Markdown, which finds those without marks.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Callable

from services.summarizer.evidence.checking import CheckedDocument, check
from services.summarizer.evidence.oddities import oddities_of
from services.summarizer.text.passages import Passage, passages_of
from shared.store.papers.documents import Section
from shared.store.papers.summaries import Claim, FieldValue, Quote
from shared.text.safe.safe_markdown import safe_markdown


def invented_paper(pages: int, seed: int = 5) -> list[Section]:
    """Sections of five pages each."""
    dice = random.Random(seed)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 11))) for _ in range(8_000)]
    words += "the of and in to a is that we for with on not as by this are which from be".split() * 200  # noqa: SIM905

    def sentence() -> str:
        picked = dice.choices(words, k=18)
        picked[3], picked[7] = f"**{picked[3]}**", f"$x_{{{dice.randint(1, 99)}}}$"
        return " ".join(picked).capitalize() + f" [@{picked[0]}2020]."

    def paragraph() -> str:
        return " ".join(sentence() for _ in range(6))

    texts = ["\n\n".join(paragraph() for _ in range(4 * 5)) for _ in range(max(1, pages // 5))]
    return [Section(title=f"{number} Section", level=1, text=text) for number, text in enumerate(texts, start=1)]


def claims_on(document: CheckedDocument, count: int, seed: int = 6) -> list[Claim]:
    """Claims whose quotes are exact, exact, near and missing in turn."""
    dice = random.Random(seed)
    claims = []
    for number in range(count):
        words = dice.choice(document.passages[1:]).text.split()
        start = dice.randrange(len(words) - 40)
        quoted = words[start : start + 30]
        quoted = (
            [*quoted[:9], "the", *quoted[9:]]
            if number % 4 == 2
            else quoted
            if number % 4 < 2
            else [*quoted[:12], *reversed(quoted[12:])]
        )
        quote = Quote(text=" ".join(quoted), found=False)
        claims.append(Claim(text=" ".join(quoted[:15]), quotes=(quote,)))
    return claims


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return round(time.process_time() - started, 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--quotes", type=int, default=40)
    arguments = parser.parse_args()
    sections = invented_paper(arguments.pages)
    markdown = safe_markdown("# Title\n\n" + "\n\n".join(f"## {part.title}\n\n{part.text}" for part in sections) + "\n")
    document = CheckedDocument(passages_of(sections, "An abstract."), markdown)
    claims = claims_on(document, arguments.quotes)
    fields = [FieldValue(name=f"field_{i}", claims=tuple(claims[i::6])) for i in range(6)]
    checked = asyncio.run(check(fields, document))
    placed = sum(
        quote.start is not None for value in checked.fields for claim in value.claims for quote in claim.quotes
    )
    figures = {
        "characters": len(markdown),
        "quotes": arguments.quotes,
        "found": checked.verification.found,
        "with a place": placed,
        "check, seconds": seconds(lambda: asyncio.run(check(fields, document))),
        "oddities, seconds": seconds(lambda: oddities_of([Passage(part.title, part.text) for part in sections])),
        "plain find, seconds": seconds(lambda: [markdown.find(claim.quote) for claim in claims]),
        "plain find, found": sum(claim.quote in markdown for claim in claims),
    }
    for name, value in figures.items():
        print(f"{name:24} {value:>12,}")
    print(json.dumps(figures))
