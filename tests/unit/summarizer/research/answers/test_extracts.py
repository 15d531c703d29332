"""The papers' own sentences as an answer."""

from services.summarizer.research.answers.extracts import extract, says_the_same
from services.summarizer.research.answers.relevance import Asked
from tests.unit.summarizer.research.answers.test_relevance import evidence

ASKED = Asked({"tree": 1.0})
TEXTS = {"2610.00001": "trees", "2610.00002": "trees", "2610.00003": "whales"}


def sentence(number: int, paper: int, cosine: float, text: str) -> object:
    return evidence(text, cosine, 0.9).model_copy(update={"number": number, "paper_id": f"2610.0000{paper}"})


def test_the_best_sentences_are_grouped_by_paper_and_none_is_said_twice() -> None:
    given = [
        sentence(1, 1, 0.80, "Tall trees of tournament nodes hold all heads of runs."),
        sentence(2, 2, 0.90, "Small trees on cheap disks hold some records of files."),
        sentence(3, 1, 0.79, "Tall trees of tournament nodes hold all the heads of runs."),
        sentence(4, 2, 0.70, "Old trees in deep memory hold many pages of numbers."),
        sentence(5, 3, 0.95, "Trees that whales never saw hold birds in their crowns."),
        sentence(6, 1, 0.10, "Trees that are far from any question hold nothing at all."),
    ]
    assert [said.sources for said in extract(ASKED, given, TEXTS, {})] == [(2,), (4,), (1,)]  # type: ignore[arg-type]


def test_a_paper_that_speaks_of_all_of_it_answers_in_words_of_its_own() -> None:
    given = [evidence("Order is added to the input as sums of waves.", 0.6, 0.1)]
    assert extract(ASKED, given, {"2610.00001": "waves"}, {"2610.00001": 0.5}) == ()
    assert [said.sources for said in extract(ASKED, given, {"2610.00001": "waves"}, {"2610.00001": 1.0})] == [(1,)]


def test_nothing_near_is_no_answer() -> None:
    assert extract(ASKED, [], TEXTS, {}) == ()


def test_sentences_that_share_nearly_all_words_say_the_same() -> None:
    assert says_the_same("Trees hold the heads of runs.", "The heads of all runs, trees hold.")
    assert not says_the_same("Trees hold the heads of runs.", "Whales swim in winter.")
