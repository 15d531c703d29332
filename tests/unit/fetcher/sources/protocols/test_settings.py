"""Tables of other servers in the settings."""

import pytest
from pydantic import ValidationError

from services.fetcher.settings import FetcherSettings


def test_none_is_harvested_unless_it_is_named() -> None:
    assert FetcherSettings().sources == {}


def test_usual_tables_are_understood() -> None:
    sources = FetcherSettings.model_validate(
        {
            "sources": {
                "biorxiv": {"kind": "biorxiv", "categories": ["cell biology"]},
                "medrxiv": {"kind": "medrxiv"},
                "hal": {"kind": "oai", "address": "https://api.archives-ouvertes.fr/oai/hal/", "sets": ["type:ART"]},
            }
        }
    ).sources
    assert sources["biorxiv"].api == "https://api.biorxiv.org"
    assert sources["medrxiv"].pages == "https://www.medrxiv.org"
    assert sources["hal"].api == "https://api.archives-ouvertes.fr/oai/hal"


@pytest.mark.parametrize(
    ("name", "table", "problem"),
    [
        ("hal", {"kind": "oai"}, "needs its OAI-PMH address"),
        ("arxiv", {"kind": "oai", "address": "https://x.org/oai"}, "cannot name a server"),
        ("Hal", {"kind": "oai", "address": "https://x.org/oai"}, "cannot name a server"),
        ("bio", {"kind": "biorxiv"}, r"must be \[fetcher.sources.biorxiv\]"),
        ("biorxiv", {"kind": "oai", "address": "https://x.org/oai"}, "must be"),
        ("hal", {"kind": "oai", "address": "ftp://x.org/oai"}, "is no address"),
        ("hal", {"kind": "oai", "address": "https://me:secret@x.org/oai"}, "is no address"),
        ("hal", {"kind": "oai", "address": "https://x.org/oai?verb=Identify"}, "leave out what follows"),
        ("hal", {"kind": "oai", "address": "https://x.org/oai", "sets": ["a&b=c"]}, "not the name of a set"),
        ("hal", {"kind": "oai", "address": "https://x.org/oai", "categories": ["a"]}, "has sets, not categories"),
        ("biorxiv", {"kind": "biorxiv", "sets": ["a"]}, "has categories, not sets"),
        ("biorxiv", {"kind": "biorxiv", "categories": ["Cell/../"]}, "is no subject of bioRxiv"),
        ("biorxiv", {"kind": "biorxiv", "contact": "nobody"}, "no e-mail address"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_do(name: str, table: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        FetcherSettings.model_validate({"sources": {name: table}})
