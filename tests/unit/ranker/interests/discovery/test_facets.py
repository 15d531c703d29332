"""Facets from made-up papers: what was planted is found, chance is not, and few ratings say so."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from services.ranker.interests.directions import adjusted_scores, direction_of, facet_adjustment
from services.ranker.interests.discovery.evidence import Evidence, Item, SummaryText, split_abstract
from services.ranker.interests.discovery.facets import Facet, find_facets
from services.ranker.interests.discovery.phrases import as_written, distinctive_phrases, phrases_of, singular
from services.ranker.interests.discovery.populations import against_read
from services.ranker.interests.discovery.significance import lift_interval, tail_probabilities, tail_probability

DIMENSION = 48
FIELDS = ("cs.CV", "cs.CL", "eess.AS", "q-bio.BM")
METHODS = {
    "smaller": ("pruning", "quantization", "sparse weights", "distillation"),
    "certain": ("calibration", "conformal sets", "uncertainty"),
    "plain": ("theorem", "survey", "corpus", "benchmarking", "annotation", "dialogue"),
}


def a_paper(number: int, field: str, method: str, month: str = "") -> tuple[Item, np.ndarray]:
    """A paper of a field with a method: its vector is the sum of both axes and of noise, its words are of both."""
    rng = np.random.default_rng(number)
    words = METHODS[method]
    said = rng.choice(words, size=min(2, len(words)), replace=False)
    filler = " ".join(f"word{rng.integers(0, 60)}" for _ in range(20))
    abstract = f"Matters of {field.replace('.', '')} are hard. We propose {' and '.join(said)} for {filler}."
    problem, way = split_abstract(abstract)
    vector = rng.normal(0, 0.12, DIMENSION)
    vector[FIELDS.index(field)] += 1.2
    vector[8 + list(METHODS).index(method)] += 0.8 if method != "plain" else 0.0
    item = Item(
        f"2611.{number:05}",
        f"Paper {number}",
        abstract,
        field,
        month,
        problem,
        way,
        SummaryText(tags=(f"tag {method}",)),
    )
    return item, vector / np.linalg.norm(vector)


def evidence_of(likes: Sequence[tuple[str, str, str]], seed: int = 0, others: int = 900) -> Evidence:
    """Likes by field, method and month, against others of which one in fifty has each method."""
    rng = np.random.default_rng(seed)
    papers = [a_paper(seed * 10_000 + n, *like) for n, like in enumerate(likes)]
    for n in range(others):
        method = rng.choice(list(METHODS), p=[0.02, 0.02, 0.96])
        papers.append(a_paper(seed * 10_000 + 5_000 + n, str(rng.choice(FIELDS)), str(method)))
    vectors = np.array([vector for _, vector in papers], dtype=np.float32)
    return Evidence([item for item, _ in papers], vectors, len(likes))


def noise(count: int, seed: int = 7) -> list[tuple[str, str, str]]:
    rng = np.random.default_rng(seed)
    return [(str(rng.choice(FIELDS)), "plain", "2026-10") for _ in range(count)]


@pytest.fixture(scope="module")
def found() -> list[Facet]:
    months = ["2026-08"] * 3 + ["2026-10"] * 13
    planted = [(FIELDS[n % 4], "smaller", months[n]) for n in range(16)]
    early = [("cs.CV", "plain", "2026-08")] * 10
    return find_facets(evidence_of([*planted, *early, *noise(8)]))


def test_a_planted_interest_that_crosses_fields_is_found_and_named_by_its_words(found: list[Facet]) -> None:
    facet = found[0]
    assert set(facet.rows) >= set(range(14))
    assert len([row for row in facet.rows if row >= 16]) <= 2
    assert any(word in facet.name.lower() for word in ("pruning", "quantization", "sparse weights", "distillation"))
    assert facet.crosses
    assert facet.named_by == ""
    assert {name for name, _ in facet.categories} == set(FIELDS)


def test_a_facet_says_how_much_how_sure_since_when_and_on_which_side(found: list[Facet]) -> None:
    facet = found[0]
    assert facet.p_value < 0.001
    assert facet.share == pytest.approx(len(facet.rows) / 34)
    low, high = facet.lift[1:]
    assert 3 < low < facet.lift[0] < high
    assert facet.lift_within > 3
    assert facet.side == "method"
    assert facet.direction == "rising"
    assert [month for month, _ in facet.trend] == ["2026-08", "2026-10"]
    assert facet.tags == ("tag smaller",)


def test_two_interests_are_two_facets() -> None:
    likes = [(FIELDS[n % 4], method, "") for method in ("smaller", "certain") for n in range(14)]
    facets = find_facets(evidence_of(likes + noise(6)))
    assert [sorted(set(facet.rows) & set(range(28)))[0] // 14 for facet in facets[:2]] in ([0, 1], [1, 0])
    assert all(len({row // 14 for row in facet.rows if row < 28}) == 1 for facet in facets[:2])


def test_an_interest_that_a_category_names_does_not_cross_fields() -> None:
    facets = find_facets(evidence_of([("q-bio.BM", "plain", "")] * 30))
    assert facets
    assert facets[0].named_by == "q-bio.BM"
    assert not facets[0].crosses


def test_likes_drawn_at_random_seldom_make_a_facet() -> None:
    evidence = evidence_of(noise(30), 1, 300)
    rng, claimed = np.random.default_rng(5), 0
    for _ in range(12):
        order = rng.permutation(len(evidence.items))
        drawn = Evidence([evidence.items[row] for row in order], evidence.vectors[order], 30)
        claimed += bool(find_facets(drawn))
    assert claimed <= 2


def read_as(likes: Sequence[SummaryText], others: Sequence[SummaryText], noise_seed: int = 3) -> Evidence:
    """Likes whose papers have nothing in common but what their summaries say, against other papers that were read."""
    evidence = evidence_of(noise(len(likes), noise_seed), noise_seed)
    items = [replace(item, summary=None) for item in evidence.items]
    items[: len(likes)] = [replace(item, summary=said) for item, said in zip(items, likes, strict=False)]
    read = [replace(items[len(likes)], paper_id=f"2612.{n:05}", summary=said) for n, said in enumerate(others)]
    return Evidence(items, evidence.vectors, len(likes), read)


PLAIN = SummaryText("Things are slow.", "A thing is done.", ("thing",))


@pytest.mark.parametrize(
    ("said", "found_in", "side", "name"),
    [
        (SummaryText("Drug discovery is slow.", "A thing.", ("thing",)), "problem in summaries", "problem", "drug"),
        (
            SummaryText("Things are slow.", "Tensor networks are contracted.", ("thing",)),
            "method in summaries",
            "method",
            "tensor",
        ),
        (SummaryText("Things are slow.", "A thing.", ("Wind power", "thing")), "tags", "both", "Wind power"),
    ],
)
def test_what_only_summaries_say_is_found_against_what_was_read_and_not_liked(
    said: SummaryText, found_in: str, side: str, name: str
) -> None:
    (facet,) = find_facets(read_as([said] * 10 + [PLAIN] * 4, [said] + [PLAIN] * 40))
    assert facet.found_in[0] == found_in
    assert facet.against == "read"
    assert name.lower() in facet.name.lower()
    assert facet.rows.tolist() == list(range(10))
    assert facet.side == side
    assert facet.p_value < 0.025
    assert facet.lift[1] > 1


def test_summaries_that_say_the_same_of_liked_and_other_papers_find_nothing() -> None:
    said = SummaryText("Drug discovery is slow.", "Tensor networks are contracted.", ("Wind power",))
    assert find_facets(read_as([said] * 12, [said] * 40)) == []


@pytest.mark.parametrize(("likes", "others"), [(7, 40), (14, 15)])
def test_from_few_summaries_nothing_is_found(likes: int, others: int) -> None:
    said = SummaryText("Drug discovery is slow.", "Tensor networks are contracted.", ("Wind power",))
    assert against_read(read_as([said] * likes, [PLAIN] * others)) is None
    assert find_facets(read_as([said] * likes, [PLAIN] * others)) == []


def test_what_summaries_and_vectors_find_among_the_same_papers_is_one_facet() -> None:
    evidence = evidence_of([(FIELDS[n % 4], "smaller", "") for n in range(16)])
    sample = [replace(item, summary=None) for item in evidence.items[16:]]
    read = [replace(item, summary=SummaryText(tags=("tag plain",))) for item in sample[:40]]
    facets = find_facets(Evidence([*evidence.items[:16], *sample], evidence.vectors, 16, read))
    assert len(facets) == 1
    assert {"words", "tags"} <= set(facets[0].found_in)
    assert facets[0].against == "arxiv"


@pytest.mark.parametrize("likes", [0, 1, 7])
def test_from_few_likes_nothing_is_claimed(likes: int) -> None:
    assert find_facets(evidence_of([("cs.CV", "smaller", "")] * likes)) == []


def test_chances_are_exact() -> None:
    assert tail_probability(0, 5, 3, 10) == 1.0
    assert tail_probability(3, 5, 3, 10) == pytest.approx(10 / 120)
    assert tail_probability(4, 5, 3, 10) == 0.0
    assert tail_probability(1, 5, 3, 10) == pytest.approx(1 - 10 / 120)
    assert tail_probability(40, 100, 60, 1_000_000) < 1e-100


def test_tails_of_all_counts_are_those_of_each() -> None:
    assert tail_probabilities(5, 3, 10).tolist() == [tail_probability(hits, 5, 3, 10) for hits in range(6)]


def test_the_lift_lies_within_its_interval() -> None:
    lift, low, high = lift_interval(10, 20, 30, 1000)
    assert low < 500 / 30.5 < high
    assert low < lift < high


def test_a_boosted_facet_lifts_its_papers_and_a_muted_one_sinks_them_and_others_stay() -> None:
    evidence = evidence_of([(FIELDS[n % 4], "smaller", "") for n in range(12)])
    members, sample = evidence.vectors[:12], evidence.vectors[12:]
    plain = np.array([item.summary is not None and item.summary.tags[0] != "tag smaller" for item in evidence.items])
    for preference, sign in (("boost", 1), ("mute", -1)):
        moved = facet_adjustment(evidence.vectors, [direction_of(members, sample, preference)])  # type: ignore[arg-type]
        assert (sign * moved[:12] > 0.4).all()
        assert np.abs(moved[plain]).mean() < 0.1
        scores = adjusted_scores(np.full(len(moved), 0.5), moved)
        assert (sign * (scores[:12] - 0.5) > 0.05).all()
        assert ((scores > 0) & (scores < 1)).all()
    nothing = facet_adjustment(evidence.vectors, [])
    assert (nothing == 0).all()
    assert (adjusted_scores(np.array([0.0, 0.3, 1.0]), np.zeros(3)) == [0.0, 0.3, 1.0]).all()


def test_phrases_are_stems_without_empty_words_and_keep_to_their_sentence() -> None:
    found = {" ".join(phrase) for phrase in phrases_of("We propose Neural Networks. Biases of graphs, theories")}
    assert {"neural network", "network", "bias", "graph", "theori"} <= found
    assert not {"propose", "network bias", "we", "of"} & found
    assert [singular(word) for word in ("studies", "biases", "classes", "boxes", "analysis", "bias")] == [
        "study", "bias", "class", "box", "analysis", "bias"
    ]  # fmt: skip


def test_the_forms_of_a_word_are_one_phrase() -> None:
    texts = ("Compressing genomes", "compressed genome", "The compression of sequences", "We compress genomes")
    assert all(("compress",) in phrases_of(text) for text in texts)
    assert sum(("compress", "genom") in phrases_of(text) for text in texts) == 3


def test_a_name_has_no_two_forms_of_one_word_and_is_written_as_the_papers_write_it() -> None:
    texts = ["Quantized transformers use quantization", "Quantization of transformers", "Quantized transformers"]
    chosen = distinctive_phrases([phrases_of(text) for text in texts], {}, 100)
    written = as_written(chosen, texts)
    assert sum("quanti" in name for name in written) == 1
    assert any("transformers" in name for name in written)


def test_an_abstract_is_split_into_its_problem_and_its_method() -> None:
    problem, method = split_abstract(
        "Models are slow. This costs. We propose pruning. It cuts layers. Results are good."
    )
    assert problem == "Models are slow. This costs."
    assert method == "We propose pruning. It cuts layers."
