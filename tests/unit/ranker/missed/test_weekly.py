"""What a week's look finds in whole data folders."""

from datetime import timedelta
from pathlib import Path

from services.ranker.missed.weeks import Week, last_whole_week
from shared.store.people.missed import MissedWeek
from tests.support.people.missed_days import MONDAY, SUNDAY_NIGHT, WALKS, MissedDays, paper_id

BOTH_WEEKS = Week("2026-W38", MONDAY - timedelta(days=30), SUNDAY_NIGHT)


def looked(days: MissedDays, week: Week = BOTH_WEEKS) -> MissedWeek:
    ranker = days.ranker()
    return ranker.missed.look(days.user, week, ranker.learner.learn_if_stale(days.user))


def test_what_was_found_elsewhere_is_told_with_where_it_stood_and_what_was_new_in_it(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    week = looked(days)
    assert [paper.paper_id for paper in week.papers] == [paper_id(number) for number in reversed(WALKS)]
    oldest = week.papers[-1]
    assert (oldest.rank, oldest.candidates, oldest.picks, oldest.day) == (16, 20, 3, MONDAY.date())
    assert oldest.found_by == "in a file that you imported"
    assert oldest.likes_then == 12
    assert oldest.nearest_like.startswith("2608.")
    assert oldest.nearer == 1.0
    assert "quantum walks" in [words.casefold() for words in oldest.new_words]
    assert oldest.new_authors == ("Ada Walker", "Guest 15")


def test_a_click_that_finds_the_others_is_offered_with_its_measure(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    clicks = looked(days).papers[0].clicks
    assert [(click.kind, click.value.casefold()) for click in clicks] == [("phrase", "quantum walks")]
    (click,) = clicks
    assert set(click.found) == {paper_id(number) for number in WALKS[:-1]}
    assert (click.gained, click.picks, click.days, click.likes_before, click.likes_after) == (4, 42, 14, 0, 4)
    assert click.p_value < 0.001


def test_what_is_followed_already_is_not_offered_again(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    days.follow("phrase", "Quantum  Walks", at=days.now)
    offered = {click.value.casefold() for paper in looked(days).papers for click in paper.clicks}
    assert "quantum walks" not in offered


def test_one_paper_alone_gives_no_reason_to_click(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(WALKS[0])
    (paper,) = looked(days).papers
    assert paper.clicks == ()
    assert paper.tried > 0


def test_only_the_week_asked_for_is_told_but_earlier_ones_count_as_evidence(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    week = looked(days, last_whole_week(days.now))
    assert [paper.paper_id for paper in week.papers] == [paper_id(number) for number in reversed(WALKS[2:])][
        : len(week.papers)
    ]
    assert paper_id(WALKS[0]) in week.papers[0].clicks[0].found
    assert week.week == "2026-W38"


def test_people_have_their_own(tmp_path: Path) -> None:
    ada = MissedDays(tmp_path, user="ada")
    ada.find_walks(*WALKS)
    assert len(looked(ada).papers) == 5
    assert ada.ranker().missed.look("me", BOTH_WEEKS).papers == ()


def test_what_the_like_itself_does_is_told_for_the_days_before_it(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    papers = looked(days).papers
    newest, oldest = papers[0].by_like, papers[-1].by_like
    assert newest is not None
    assert set(newest.found) <= {paper_id(number) for number in WALKS[:-1]}
    assert newest.found
    assert oldest is not None
    assert oldest.found == ()


def test_without_another_missed_paper_nothing_is_told_of_the_like(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(WALKS[0])
    assert looked(days).papers[0].by_like is None
