"""Evidence in real papers: sentences follow from themselves, quotes have their place, honest papers order nothing."""

import gzip
import json
import os
import random
from itertools import islice
from pathlib import Path

import pytest

from services.fetcher.commands.conversion import convert
from services.summarizer.evidence.oddities import oddities_of
from services.summarizer.evidence.places import Places
from services.summarizer.evidence.quotes import Quotes, words_of
from services.summarizer.evidence.support import by_signs
from services.summarizer.text.passages import Passage, passages_of, plain_text
from services.summarizer.text.sentences import sentences_of, split_sentences
from shared.text.safe.safe_markdown import safe_markdown

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
SOURCES = [
    path for path in [*sorted(DATA.glob("latex/*.gz")), *sorted(DATA.glob("pdf/*.pdf"))] if "withdrawn" not in path.name
]
MONTHS = sorted(DATA.glob("papers/*.jsonl.gz"))
SAMPLE = 2_000
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SOURCES or not MONTHS, reason=f"no real papers in {DATA}; set PAPERSYS_REAL_DATA"),
]


def abstracts() -> list[str]:
    with gzip.open(MONTHS[-1], "rt") as lines:
        return [json.loads(line)["abstract"] for line in islice(lines, SAMPLE)]


@pytest.mark.proof
def test_real_abstracts_order_no_model_and_their_sentences_follow_from_themselves() -> None:
    noticed = [text for text in abstracts() if oddities_of([Passage("Abstract", text)])]
    assert noticed == []
    for abstract in abstracts()[:500]:
        for sentence in split_sentences(plain_text(abstract)):
            support = by_signs(sentence, [sentence])
            assert support is not None
            assert support.why == "", sentence


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_quotes_of_a_real_paper_have_their_place_and_it_orders_nothing(path: Path) -> None:
    outcome = convert(path)
    markdown = safe_markdown(outcome.markdown)
    passages = passages_of(outcome.sections, "")
    quotes, places = Quotes(passages), Places(markdown)
    sentences = sentences_of(passages)
    chosen = random.Random(1).sample(sentences, min(80, len(sentences)))
    found = [match for match in (quotes.find(sentence.text) for sentence in chosen) if match]
    placed = [(match, places.find(match.text, match.section)) for match in found]
    there = [(match, place) for match, place in placed if place is not None]
    exact = [set(words_of(match.text)) <= set(words_of(plain_text(markdown[slice(*place)]))) for match, place in there]
    print(
        f"\n{path.name:28} {len(chosen)} sentences, {len(found)} found, {len(there)} with a place, {sum(exact)} exact"
    )
    assert len(found) >= 0.97 * len(chosen)
    assert len(there) >= 0.97 * len(found)
    assert sum(exact) >= 0.97 * len(there)
    assert oddities_of([Passage(section.title, section.text) for section in outcome.sections]) == ()
