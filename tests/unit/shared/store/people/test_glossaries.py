"""A person's terms for translations: a file a language, read as it was written, never written over unseen."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.glossaries import Glossary, GlossaryStore, joined


@pytest.fixture
def store(tmp_path: Path) -> GlossaryStore:
    return GlossaryStore(DataFolder(tmp_path, 0))


def test_a_glossary_is_a_term_and_its_translation_a_line() -> None:
    text = "a = b\n a=c \n=x\ny=\nno\ngraph = Graph = G\n"
    assert Glossary(text).terms == (("a", "b"), ("graph", "Graph = G"))
    assert Glossary(text).problem.startswith("Lines 3, 4, 5 are passed over")
    many = Glossary("\n".join(f"{n} = x" for n in range(500)))
    assert len(many.terms) == 100
    assert many.problem == "Only the first 100 of 500 terms count."
    assert Glossary("\n\na = b\n").problem == ""


def test_each_person_and_language_has_a_file_that_any_editor_opens(store: GlossaryStore, tmp_path: Path) -> None:
    assert store.put("me", "de", "graph = Graph\r\nwalk = Kantenzug\n") == (True, store.get("me", "de"))
    path = tmp_path / "glossaries" / "me" / "de.txt"
    assert path.read_text("utf-8") == "graph = Graph\nwalk = Kantenzug\n"
    assert store.get("me", "fr") == store.get("anna", "de") == Glossary()
    path.write_bytes(b"\xef\xbb\xbfgraph = \xff\n")
    assert store.all("me") == {"de": Glossary("graph = �")}
    store.put("me", "de", "  ")
    assert not path.exists()


def test_what_was_changed_elsewhere_is_not_written_over(store: GlossaryStore) -> None:
    _, first = store.put("me", "de", "graph = Graph", "")
    store.put("me", "de", "graph = Netz", first.fingerprint)
    assert store.put("me", "de", "graph = Zeichnung", first.fingerprint) == (False, Glossary("graph = Netz"))
    assert store.put("me", "de", "graph = Netz", first.fingerprint) == (True, Glossary("graph = Netz"))


@pytest.mark.parametrize("language", ["../de", "", "DE", "de/x"])
def test_what_is_no_language_names_no_file(store: GlossaryStore, language: str) -> None:
    with pytest.raises(ValueError, match="no code of a language"):
        store.put("me", language, "a = b")


def test_two_glossaries_are_joined_without_losing_a_term() -> None:
    assert joined("a = b\n# mine", "a = c\nd = e\nx") == ("a = b\n# mine\nd = e", ["a"])
    assert joined("a = b", "a = b") == ("a = b", [])
