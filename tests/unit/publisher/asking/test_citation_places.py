"""Where the words of a citation are opened."""

from typing import Any

import pytest

from services.publisher.asking.citation_places import place_of
from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import GRAPHS
from tests.support.papers.answered_questions import cited


@pytest.mark.parametrize(
    ("facts", "address", "is_found"),
    [
        ({"excerpt": "random graphs with $n$ nodes", "version": 7}, f"/paper/{GRAPHS}#abstract", True),
        ({"version": 7}, f"/paper/{GRAPHS}", False),
        ({"version": 1}, f"/paper/{GRAPHS}/text?version=1", False),
        ({"paper_id": "2601.99999"}, "", False),
        ({"paper_id": "local:0123456789abcdef"}, "", False),
    ],
)
def test_what_is_not_there_word_for_word_is_never_marked(
    data: DataFolder, facts: dict[str, Any], address: str, is_found: bool
) -> None:
    place = place_of(Records(data, "minilm"), cited(1, **{"excerpt": "words that stand in no paper at all", **facts}))
    assert (place.address, place.is_found) == (address, is_found)
