"""The index that decisions come to: merges, quarantine, rejections, and undoing any of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.store.tagging.tag_decisions import TagDecision, in_force
from shared.store.tagging.tag_index import TagIndex, index_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def made(action: str, slug: str = "", minute: int = 0, **facts: object) -> TagDecision:
    at = NOW + timedelta(minutes=minute)
    return TagDecision.model_validate({"action": action, "slug": slug, "how": "user", "made_at": at, **facts})


def create(slug: str) -> TagDecision:
    return made("create", slug, phrase=slug.replace("-", " "))


def phrase(text: str, slug: str, paper_id: str | None = None) -> TagDecision:
    return made("map", slug, phrase=text, paper_id=paper_id)


CATS, FELINES = create("cats"), create("felines")
MERGE = made("merge", "felines", 1, into="cats")
WORLD = [CATS, FELINES, phrase("big felines", "felines", "2610.00002"), phrase("house cat", "cats", "2610.00001")]


def test_a_merged_tag_its_aliases_and_papers_are_its_targets() -> None:
    index = index_of([*WORLD, MERGE])
    assert [index.canonical(name) for name in ("felines", "Feline", "big felines")] == ["cats"] * 3
    assert set(index.tags["cats"].aliases) == {"big felines", "felines", "house cat"}
    assert set(index.tags["cats"].papers) == {"2610.00001", "2610.00002"}
    assert set(index.canonical_tags) == {"cats"}


def test_merges_one_after_the_other_lead_to_the_last_target() -> None:
    pets = create("pets")
    index = index_of([*WORLD, pets, MERGE, made("merge", "cats", 2, into="pets")])
    assert index.canonical("big felines") == "pets"


def test_merges_in_a_circle_end() -> None:
    index = index_of([*WORLD, MERGE, made("merge", "cats", 2, into="felines")])
    assert index.canonical("cats") == index.canonical("felines") == "cats"


def test_an_undone_merge_leaves_two_tags_as_they_were_and_can_be_done_again() -> None:
    undo = made("undo", minute=2, undoes=MERGE.decision_id)
    assert index_of([*WORLD, MERGE, undo]) == index_of(WORLD)
    redo = made("undo", minute=3, undoes=undo.decision_id)
    assert index_of([*WORLD, MERGE, undo, redo]) == index_of([*WORLD, MERGE])


def test_a_waiting_tag_is_shown_nowhere_until_it_is_accepted() -> None:
    waiting = [made("propose", "zebra-caches", phrase="zebra caches"), phrase("zebra caches", "zebra-caches", "2610.1")]
    assert index_of(waiting).canonical("zebra caches") is None
    assert index_of(waiting).slug_for("Zebra cache") == "zebra-caches"
    assert index_of([*waiting, made("accept", "zebra-caches")]).canonical("zebra caches") == "zebra-caches"


def test_what_was_rejected_or_retired_is_no_tag_and_is_known_as_such() -> None:
    for action in ("reject", "retire"):
        index = index_of([*WORLD, made(action, "cats")])
        assert index.canonical("house cat") is None
        assert index.is_rejected("Cats")
        assert index.shown(("cats", "felines")) == ("felines",)
    assert index_of([made("reject", phrase="dogs")]).is_rejected("dog")


def test_a_renamed_tag_keeps_its_address_and_its_old_name_as_an_alias() -> None:
    index = index_of([*WORLD, made("rename", "cats", text="domestic cats")])
    assert (index.tags["cats"].label, index.canonical("domestic cat"), index.canonical("cats")) == (
        "domestic cats", "cats", "cats",
    )  # fmt: skip
    assert "cats" in index.tags["cats"].aliases


def test_parents_follow_merges_and_children_are_found() -> None:
    lions = create("lions")
    index = index_of([*WORLD, lions, made("parent", "lions", into="felines"), MERGE])
    assert index.parents_of(index.tags["lions"]) == ("cats",)
    assert index.children("cats") == ("lions",)


def test_names_of_categories_are_no_tags_of_a_summary_and_unknown_tags_stay() -> None:
    index = index_of(WORLD)
    assert index.shown(("machine-learning", "robotics", "Graph neural networks")) == ("Graph neural networks",)
    assert index.shown((), ("house cats", "machine learning", "never heard of")) == ("cats",)
    assert TagIndex({}).shown(("cats",)) == ("cats",)


def test_decisions_about_tags_that_are_not_there_are_passed_over() -> None:
    stray = [made("merge", "gone", into="cats"), phrase("x", "gone"), made("rename", "gone", text="y")]
    assert index_of([*WORLD, *stray]).canonical_tags == index_of(WORLD).canonical_tags


actions = st.sampled_from(
    ["map", "propose", "create", "accept", "merge", "rename", "parent", "reject", "retire", "undo"]
)
slugs = st.sampled_from(["a", "b", "c", "d", ""])


@given(st.lists(st.tuples(actions, slugs, slugs, st.integers(0, 20)), max_size=25))
def test_any_decisions_make_an_index_where_every_name_leads_to_a_canonical_tag_or_nowhere(
    steps: list[tuple[str, str, str, int]],
) -> None:
    decisions: list[TagDecision] = []
    for action, slug, into, number in steps:
        undoes = decisions[number % len(decisions)].decision_id if decisions else ""
        decisions.append(
            made(action, slug, len(decisions), into=into, phrase=f"{slug}{into}", text=into, undoes=undoes)
        )
    index = index_of(decisions)
    for name in index.tags:
        target = index.canonical(name)
        assert target is None or index.tags[target].status == "canonical"


def test_what_a_phrase_was_wrongly_taken_for_is_remembered() -> None:
    wrong = phrase("big dogs", "cats")
    index = index_of([*WORLD, wrong, made("undo", undoes=wrong.decision_id)])
    assert index.canonical("big dogs") is None
    assert index.is_denied("Big dog", "cats")
    assert not index.is_denied("Big dog", "felines")


def test_the_newest_undo_decides() -> None:
    undo = made("undo", minute=1, undoes=CATS.decision_id)
    assert in_force([CATS, undo]) == []
    assert in_force([CATS, undo, made("undo", minute=2, undoes=undo.decision_id)]) == [CATS]
