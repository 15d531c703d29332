import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from services.fetcher.arxiv.client import Arxiv, Garbled
from services.fetcher.arxiv.repository import Repository, parse_earliest, parse_sets
from tests.support.arxiv.demo import data_folder

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
OAI = "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>{}</OAI-PMH>"
SETS = OAI.format(
    "<ListSets><set><setSpec>cs:cs:CL</setSpec></set><set><setSpec>cs</setSpec></set></ListSets>"
).encode()
IDENTIFY = OAI.format("<Identify><earliestDatestamp>2005-09-16</earliestDatestamp></Identify>").encode()


class Asked:
    """An arXiv that counts what it is asked."""

    oai_url = "http://arxiv.test/oai"

    def __init__(self) -> None:
        self.verbs: list[str] = []

    async def oai(self, arguments: Mapping[str, str], read: Callable[[bytes], Any]) -> Any:
        self.verbs.append(arguments["verb"])
        return read(SETS if arguments["verb"] == "ListSets" else IDENTIFY)


def repository(folder: Path, arxiv: Asked) -> Repository:
    return Repository(cast(Arxiv, arxiv), data_folder(folder), lambda: NOW)


async def test_an_answer_is_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    arxiv = Asked()
    assert await repository(tmp_path, arxiv).earliest() == date(2005, 9, 16)
    assert await repository(tmp_path, arxiv).earliest() == date(2005, 9, 16)
    assert arxiv.verbs == ["Identify"]


async def test_answers_kept_by_earlier_versions_are_read(tmp_path: Path) -> None:
    arxiv = Asked()
    path = data_folder(tmp_path).path("state", "fetcher", "repository.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    answers = {"Identify": {"at": NOW.isoformat(), "said": ["2007-01-01"]}}
    path.write_text(json.dumps({"oai_url": arxiv.oai_url, "answers": answers}))
    assert await repository(tmp_path, arxiv).earliest() == date(2007, 1, 1)
    assert arxiv.verbs == []


async def test_a_set_that_arxiv_does_not_have_is_named_with_the_nearest(tmp_path: Path) -> None:
    assert await repository(tmp_path, Asked()).problem_of("cs:cs:CL") is None
    problem = await repository(tmp_path, Asked()).problem_of("cs:cs:CLX")
    assert problem == "arXiv has no category cs.CLX (set cs:cs:CLX); did you mean cs.CL?"


def test_a_part_of_the_list_of_sets_is_none() -> None:
    assert parse_sets(SETS) == ("cs:cs:CL", "cs")
    assert parse_sets(OAI.format("<ListSets><resumptionToken>x</resumptionToken></ListSets>").encode()) == ()


def test_an_earliest_datestamp_that_is_no_day_is_garbled() -> None:
    assert parse_earliest(OAI.format("").encode()) == ()
    with pytest.raises(Garbled, match="earliest datestamp 'soon'"):
        parse_earliest(IDENTIFY.replace(b"2005-09-16", b"soon"))
