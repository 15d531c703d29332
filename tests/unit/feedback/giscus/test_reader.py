"""Discussions of a stand-in for GitHub become ratings: each once, strangers' never, whatever goes wrong between."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import FeedbackLabel
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.people.preferences import ratings_of
from tests.support.github.discussions import Commented
from tests.unit.feedback.giscus.world import NOON, OTHER, PAPER, World, after, world


async def test_a_reaction_of_an_allowed_account_is_a_rating_of_the_discussions_paper(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "ROCKET", after(5))
        here.server.react(here.server.discuss(OTHER, NOON), "ada", "THUMBS_DOWN", after(6))
        report = await here.read()
    assert (here.label(PAPER), here.label(OTHER)) == ("like", "dislike")
    rating = here.ratings.current()[PAPER]
    assert (rating.source, rating.actor, rating.user, rating.occurred_at) == ("giscus", "ada", "me", after(5))
    assert (report.is_sweep, report.is_whole, len(report.events)) == (True, True, 2)


async def test_strangers_and_deleted_accounts_are_counted_and_never_learned_from(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        discussion = here.server.discuss(PAPER, NOON)
        for login in ("eve", "bob", None):
            here.server.react(discussion, login, "HEART", after(1))
        here.server.comment(discussion, "eve", "👍", after(2))
        report = await here.read()
    counts = report.counts
    assert here.published == []
    assert (counts.strangers_reactions, counts.strangers_comments, counts.of_deleted_accounts) == (3, 1, 1)
    assert len(counts.strangers) == 2
    assert not any(name in here.data.path("state", "giscus.json").read_text() for name in ("eve", "U_bob"))


async def test_a_reaction_read_twice_is_one_event_also_when_the_state_is_lost(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(5))
        await here.read()
        await here.read(everything=True)
        here.data.path("state", "giscus.json").write_text("{half")
        await here.read()
    assert here.ratings.count() == len(here.published) == 1


async def test_all_pages_of_discussions_reactions_comments_and_replies_are_read(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        ids = [f"2611.{number:05d}" for number in range(1, 125)]
        discussions = [here.server.discuss(paper_id, after(number)) for number, paper_id in enumerate(ids)]
        crowded, talked_about, replied_to = discussions[3], discussions[60], discussions[110]
        for number in range(230):
            here.server.react(crowded, "eve", "LAUGH", after(200 + number))
        here.server.react(crowded, "ada", "HEART", after(500))
        for number in range(70):
            here.server.comment(talked_about, "eve", "hm", after(200 + number))
        here.server.comment(talked_about, "ada", "Not convinced 👎", after(501))
        comment = here.server.comment(replied_to, "eve", "?", after(300))
        for number in range(140):
            here.server.comment(replied_to, "bob", "!", after(301 + number), to=comment)
        here.server.comment(replied_to, "ada", ":rocket:", after(502), to=comment)
        report = await here.read()
        assert {here.label(ids[3]), here.label(ids[110])} == {"like"}
        assert here.label(ids[60]) == "dislike"
        assert (report.discussions, report.counts.strangers_reactions, report.counts.strangers_comments) == (
            124,
            230,
            211,
        )
        assert report.points == here.server.points <= 20


async def test_the_newest_word_wins_and_one_taken_back_gives_way_to_the_one_before(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        discussion = here.server.discuss(PAPER, NOON)
        here.server.react(discussion, "ada", "HEART", after(1))
        down = here.server.react(discussion, "ada", "THUMBS_DOWN", after(2))
        await here.read()
        assert here.label() == "dislike"
        discussion.reactions.remove(down)
        await here.read()
        assert here.label() == "like"
        discussion.reactions.clear()
        await here.read()
        assert here.label() == ""
        await here.read()
    assert [event.label for event in here.published] == ["like", "dislike", "like", "clear"]
    assert len({event.event_id for event in here.published}) == 4


async def test_taking_a_reaction_back_leaves_what_was_said_elsewhere_since(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        discussion = here.server.discuss(PAPER, NOON)
        here.server.react(discussion, "ada", "HEART", after(1))
        await here.read()
        here.now += timedelta(minutes=2)
        elsewhere = FeedbackLabel(paper_ids=(PAPER,), label="like", source="reader", occurred_at=after(30))
        here.ratings.append(ratings_of(elsewhere))
        discussion.reactions.clear()
        await here.read(everything=True)
    assert here.ratings.current()[PAPER].source == "reader"


async def test_an_older_reaction_that_is_read_late_does_not_overrule_the_reader(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.ratings.append(ratings_of(FeedbackLabel(paper_ids=(PAPER,), label="dislike", occurred_at=after(10))))
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))
        await here.read()
    assert here.ratings.count() == 2
    assert here.label() == "dislike"


async def test_a_comment_can_be_edited_and_deleted(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        discussion = here.server.discuss(PAPER, NOON)
        comment = here.server.comment(discussion, "ada", "👍", after(1))
        await here.read()
        comment.body, comment.edited_at = "👎 on second thoughts", after(9)
        discussion.updated_at = after(9)
        await here.read()
        assert here.label() == "dislike"
        comment.deleted_at = discussion.updated_at = after(12)
        await here.read()
    assert here.label() == ""
    assert [event.label for event in here.published] == ["like", "dislike", "clear"]


async def test_an_account_is_told_by_its_id_and_not_by_its_login(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        first, second = here.server.discuss(PAPER, NOON), here.server.discuss(OTHER, NOON)
        here.server.react(first, "ada", "HEART", after(1))
        await here.read()
        here.server.accounts = {"lovelace": "U_ada", "ada": "U_somebody_else"}
        first.reactions[0].login = "lovelace"
        here.server.react(first, "ada", "THUMBS_DOWN", after(2))
        here.server.react(second, "lovelace", "HEART", after(3))
        report = await here.read(everything=True)
    assert (here.label(PAPER), here.label(OTHER)) == ("like", "like")
    assert report.counts.strangers_reactions == 1


async def test_a_login_that_github_does_not_know_is_said(tmp_path: Path) -> None:
    with world(tmp_path, accounts=("ada", "adda")) as here:
        report = await here.read()
    assert report.unknown_accounts == ["adda"]
    assert "No account at GitHub is called adda; check giscus.accounts." in report.lines(is_dry_run=False)


async def test_emojis_say_what_the_settings_say_and_a_change_of_them_holds_for_old_reactions(tmp_path: Path) -> None:
    with world(tmp_path, emojis={"EYES": "like", "🚀": "nothing"}) as here:
        discussion = here.server.discuss(PAPER, NOON)
        here.server.react(discussion, "ada", "EYES", after(1))
        here.server.react(here.server.discuss(OTHER, NOON), "ada", "ROCKET", after(1))
        await here.read()
        assert (here.label(PAPER), here.label(OTHER)) == ("like", "")
        changed = World(here.server, tmp_path, emojis={"👀": "dislike"})
        await changed.read(everything=True)
        assert (changed.label(PAPER), changed.label(OTHER)) == ("dislike", "like")
        again = World(here.server, tmp_path)
        again.now += timedelta(hours=1)
        await again.read(everything=True)
        assert again.label(PAPER) == ""


async def test_reactions_on_comments_count_where_the_settings_say_so(tmp_path: Path) -> None:
    with world(tmp_path, reactions_on_comments=True) as here:
        discussion = here.server.discuss(PAPER, NOON)
        comment: Commented = here.server.comment(discussion, "eve", "What do you think?", after(1))
        here.server.react(comment, "ada", "THUMBS_UP", after(2))
        await here.read()
        assert here.label() == "like"
        assert (await World(here.server, tmp_path / "other").read()).events == []


async def test_only_the_category_of_the_settings_is_read_and_its_id_looked_up_once(tmp_path: Path) -> None:
    with world(tmp_path, category="announcements") as here:
        here.server.react(here.server.discuss(PAPER, NOON, category="DIC_kwDOIdeas"), "ada", "HEART", after(1))
        here.server.react(here.server.discuss(OTHER, NOON), "ada", "HEART", after(1))
        await here.read()
        await here.read()
        assert [name for name, _, _ in here.server.questions].count("Repository") == 1
    assert (here.label(PAPER), here.label(OTHER)) == ("", "like")


async def test_a_category_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    says = r"no category 'Announcement'.*there are: Announcements, Ideas"
    with world(tmp_path, category="Announcement") as here, pytest.raises(PermanentFailure, match=says):
        await here.read()


async def test_a_repository_that_the_token_does_not_see_is_said(tmp_path: Path) -> None:
    says = "no repository ada/elsewhere to this token"
    with world(tmp_path, repo="ada/elsewhere") as here, pytest.raises(PermanentFailure, match=says):
        await here.read()


async def test_a_look_reads_what_changed_and_the_last_few_and_costs_few_points(tmp_path: Path) -> None:
    with world(tmp_path, recent_discussions=50) as here:
        discussions = [here.server.discuss(f"2611.{number:05d}", after(number)) for number in range(1, 130)]
        await here.read()
        before = here.server.points
        here.server.react(discussions[120], "ada", "HEART", after(500))
        here.server.react(discussions[5], "ada", "HEART", after(500))
        report = await here.read()
        assert (report.is_sweep, len(report.events)) == (False, 1)
        assert here.server.points - before <= 2
        here.now += timedelta(days=1)
        report = await here.read()
        assert (report.is_sweep, len(report.events)) == (True, 1)


async def test_comments_are_read_again_only_where_their_discussion_changed(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        quiet, lively = here.server.discuss(PAPER, NOON), here.server.discuss(OTHER, NOON)
        for discussion in (quiet, lively):
            here.server.comment(discussion, "ada", "hm", after(1))
        await here.read()
        here.server.questions.clear()
        here.server.comment(lively, "ada", "/like after all", after(5))
        await here.read()
        asked = [facts["id"] for name, facts, _ in here.server.questions if name == "Comments"]
    assert asked == [lively.id]
    assert here.label(OTHER) == "like"


async def test_parts_that_github_leaves_out_take_nothing_back_and_are_read_again(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))
        here.server.react(here.server.discuss(OTHER, NOON), "ada", "HEART", after(1))
        await here.read()
        here.server.faults.missing_discussions = (PAPER,)
        report = await here.read(everything=True)
        assert (report.is_whole, report.discussions, report.events) == (False, 1, [])
        assert "Something went wrong." in report.problems
        here.server.faults.missing_discussions = ()
        here.server.discussions[0].reactions.clear()
        here.now += timedelta(hours=2)
        report = await here.read()
    assert (report.is_sweep, here.label(PAPER), here.label(OTHER)) == (True, "", "like")


async def test_a_discussion_that_is_gone_takes_nothing_back(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))
        await here.read()
        here.server.discussions.clear()
        await here.read(everything=True)
    assert here.label() == "like"


async def test_cut_off_at_any_question_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        for number in range(1, 61):
            discussion = here.server.discuss(f"2611.{number:05d}", after(number))
            here.server.react(discussion, "ada", "HEART" if number % 3 else "CONFUSED", after(200 + number))
            if number % 20 == 0:
                here.server.comment(discussion, "ada", "👎", after(400 + number))
        for questions in range(6):
            here.server.faults.dies_after = questions
            with pytest.raises(TemporaryFailure):
                await here.read()
        here.server.faults.dies_after = None
        await here.read()
    assert here.ratings.count() == 63
    assert sum(rating.label == "dislike" for rating in here.ratings.current().values()) == 22


async def test_a_vote_ahead_of_the_clock_waits_till_its_time_has_come(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", here.now + timedelta(minutes=20))
        report = await here.read()
        assert (report.waiting_votes, report.events) == (1, [])
        here.now += timedelta(minutes=30)
        await here.read()
    assert here.label() == "like"


async def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    async def nowhere(event: FeedbackLabel) -> None:
        return

    with world(tmp_path) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))
        here.server.discuss("Welcome!", NOON)
        async with here.reader() as (reader, _):
            report = await reader.read(nowhere, everything=True, is_dry_run=True)
    assert not here.data.path("state", "giscus.json").exists()
    lines = report.lines(is_dry_run=True)
    assert "Would be taken: 1 liked." in lines
    assert "1 discussion with a title that is no paper's id: “Welcome!”." in lines
