"""What people asked of a paper is on its way too."""

from datetime import timedelta
from pathlib import Path

from deploy.paper_trace.research import answer_steps, list_steps, revision_steps
from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.papers.revisions import AnchoredQuote, Revision, RevisionStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.folders.seed import GRAPHS, NOON, OLD
from tests.support.papers.answered_questions import ASKED_AT, answered, write_question


def test_a_listed_paper_says_since_when_and_in_which_version(tmp_path: Path) -> None:
    data, later = DataFolder(tmp_path, 0), NOON + timedelta(minutes=3)
    facts = {"state": "ready", "version": 2, "chunks": 9, "sections": 7, "added_at": NOON, "changed_at": later}
    removed = {"added_at": NOON, "changed_at": NOON, "is_removed": True}
    papers = [{"paper_id": GRAPHS, **facts}, {"paper_id": OLD, **removed}]
    ReadingListStore(data).put(map(ListedPaper.model_validate, papers))
    steps = [(step.what, step.at) for step in list_steps(data, "me", GRAPHS)]
    words = "can be asked in version 2: 9 chunks of 7 sections"
    assert steps == [("added to the reading list", NOON), (words, later)]
    assert not [*list_steps(data, "me", OLD), *list_steps(data, "anna", GRAPHS)]


def test_a_new_version_and_a_withdrawal_are_told(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    quote = AnchoredQuote(field="method", claim=0, quote=0, fate="gone")
    facts = {"found_at": NOON, "counts": {"number": 2, "added": 1}, "quotes": (quote,), "withdrawn_at": NOON}
    known = {"paper_id": GRAPHS, "known_version": 2, "seen_version": 2, "from_version": 1, "to_version": 2}
    RevisionStore(data).put(Revision.model_validate({**known, "made_at": NOON, **facts}))
    compared, withdrawn = revision_steps(data, GRAPHS)
    assert compared.what == "version 2 beside 1: 1 added, 2 number; 1 of 1 quotes gone"
    assert withdrawn.what == "withdrawn by its authors"
    assert not [*revision_steps(data, OLD)]


def test_answers_of_the_person_that_cite_it_are_told(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    write_question(data, result=answered())
    (step,) = answer_steps(data, "me", GRAPHS)
    assert (step.what, step.at) == ("in the answer to “How are walks counted?”", ASKED_AT)
    assert not [*answer_steps(data, "anna", GRAPHS), *answer_steps(data, "me", OLD)]
