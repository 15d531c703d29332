"""Pages of arXiv's own OAI-PMH server, with the illegal characters that it passes through, and with worse."""

import gzip
import random
import re

import pytest

from services.fetcher.arxiv.oai import parse
from services.fetcher.arxiv.repository import parse_earliest, parse_sets
from services.fetcher.arxiv.sets import category_of, set_of
from tests.support.folders.real_data import real_data

pytestmark = pytest.mark.real
NAMES = [f"ListRecords_arXiv_page{number}.xml.gz" for number in (1, 2, 3)]


def page(name: str) -> bytes:
    return gzip.decompress((real_data("oai") / "arxiv_server" / name).read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_form_feed_anywhere_in_an_abstract_changes_no_record(name: str) -> None:
    whole = page(name)
    draw = random.Random(name)
    expected = parse(whole)
    for _ in range(10):
        places = [match.end() for match in re.finditer(rb"<abstract>", whole)]
        spoilt = whole
        for place in sorted(draw.sample(places, 3), reverse=True):
            spoilt = spoilt[:place] + b"\x0c" + spoilt[place:]
        assert parse(spoilt) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_record_takes_no_other_with_it(name: str) -> None:
    whole = page(name)
    expected = parse(whole)
    places = [match.start() for match in re.finditer(rb"</title>", whole)]
    for number in (0, len(places) // 2, len(places) - 1):
        spoilt = parse(whole[: places[number]] + b" < " + whole[places[number] :])
        (lost,) = spoilt.unreadable
        assert lost.paper_id == expected.records[number].paper_id
        assert [one for one in expected.records if one.paper_id != lost.paper_id] == list(spoilt.records)
        assert spoilt.resumption_token == expected.resumption_token


def test_the_sets_and_the_first_day_are_read_and_each_set_has_a_category() -> None:
    folder = real_data("oai") / "arxiv_server"
    sets = parse_sets((folder / "ListSets.xml").read_bytes())
    assert len(sets) == 183
    groups = {"physics", "math", "q-bio", "cs", "q-fin", "stat", "eess", "econ"}
    for name in set(sets) - groups:
        assert set_of(category_of(name)) in {name, name.partition(":")[0]}
    assert parse_earliest((folder / "Identify.xml").read_bytes()) == ("2005-09-16",)
