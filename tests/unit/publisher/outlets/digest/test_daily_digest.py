"""The digest from records to a real SMTP server: once a day, hostile text and all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.publisher.outlets.digest.daily_digest import DailyDigest
from services.publisher.outlets.digest.mailer import Mailer
from services.publisher.outlets.digest.signed_links import MailAction
from shared.store.papers.summaries import SummaryStore
from shared.store.people.users import UserStore
from shared.store.selections import SelectionStore
from tests.support.arxiv.hostile_text import Tags
from tests.support.browsing.reader import FakeReader, reader
from tests.support.folders.seed import GRAPHS, HOSTILE_TITLE, NOON, TODAY, UNREAD, seed, summary
from tests.support.outside.smtp import TO, Inbox, smtp_server


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as inbox:
        yield inbox


def digest(
    fake: FakeReader, inbox: Inbox, moment: Any = lambda: NOON + timedelta(hours=3), **others: Any
) -> DailyDigest:
    outgoing, settings = fake.outgoing, inbox.settings(**others)
    base = "https://papers.example.org"
    return DailyDigest(
        fake.components, settings, base, outgoing.subscriptions, outgoing.links, Mailer(settings), moment
    )


def test_a_day_is_sent_once(tmp_path: Path, inbox: Inbox) -> None:
    fake = reader(seed(tmp_path))
    daily = digest(fake, inbox)
    daily.send_what_is_due()
    daily.send_what_is_due()
    digest(reader(seed(tmp_path)), inbox).send_what_is_due()
    (message,) = inbox.messages
    assert (message["To"], message["Subject"]) == (TO, "4 picks for Friday, 6 November 2026")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://papers.example.org/mail/unsubscribe?t=")
    assert message["Message-ID"].startswith("<digest-2026-11-06-")


def test_both_parts_hold_the_picks_and_hostile_text_stays_text(tmp_path: Path, inbox: Inbox) -> None:
    digest(reader(seed(tmp_path)), inbox).send_what_is_due()
    (message,) = inbox.messages
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    text, page = plain.get_content(), html.get_content()
    for part in (text, page):
        assert f"https://papers.example.org/paper/{GRAPHS}" in part
        assert part.count("/mail/rate?t=") == 8
        assert "which you liked" in part
    assert HOSTILE_TITLE.split("$")[0] in text
    tags = {tag for tag, _ in Tags(page).seen}
    assert tags <= {"html", "head", "meta", "title", "body", "h1", "h2", "a", "div", "p", "code", "em", "strong"}
    assert all(
        value.startswith("https://papers.example.org/")
        for _, pairs in Tags(page).seen
        for name, value in pairs
        if name == "href" and value
    )


def test_it_waits_for_summaries_but_not_for_ever(tmp_path: Path, inbox: Inbox) -> None:
    data = seed(tmp_path)
    daily = digest(reader(data), inbox, lambda: NOON + timedelta(minutes=30))
    daily.send_what_is_due()
    assert inbox.messages == []
    SummaryStore(data).put(summary(UNREAD))
    daily.send_what_is_due()
    assert len(inbox.messages) == 1


def test_a_server_that_refuses_is_asked_again_later(tmp_path: Path, inbox: Inbox) -> None:
    fake, now = reader(seed(tmp_path)), [NOON + timedelta(hours=3)]
    daily = digest(fake, inbox, lambda: now[0])
    inbox.refusal = "451 try later"
    daily.send_what_is_due()
    assert "451 try later" in fake.outgoing.subscriptions.get("me").problem
    inbox.refusal = ""
    daily.send_what_is_due()
    assert inbox.messages == []
    now[0] += timedelta(minutes=2)
    daily.send_what_is_due()
    assert len(inbox.messages) == 1
    assert fake.outgoing.subscriptions.get("me").problem == ""


def test_an_unforeseen_error_of_one_user_stops_no_other(
    tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = seed(tmp_path)
    UserStore(data).add("ana")
    store = SelectionStore(data)
    hers = [pick.model_copy(update={"user": "ana"}) for pick in store.day(TODAY)]
    store.of("ana").write(TODAY, f"run-{TODAY}", hers)
    fake = reader(data)
    sign = fake.outgoing.links.token

    def spoilt(action: MailAction) -> str:
        if action.user == "ana":
            raise RuntimeError("spoilt")
        return sign(action)

    monkeypatch.setattr(fake.outgoing.links, "token", spoilt)
    digest(fake, inbox, to={"ana": "ana@example.org", "me": TO}).send_what_is_due()
    assert [message["To"] for message in inbox.messages] == [TO]
    assert fake.outgoing.subscriptions.get("ana").problem == "RuntimeError: spoilt"


def test_one_address_that_fails_stops_no_other(tmp_path: Path, inbox: Inbox) -> None:
    data = seed(tmp_path)
    fake = reader(data)
    daily = digest(fake, inbox, to={"nobody": "nobody@example.org", "me": TO})
    daily.send_what_is_due()
    assert [message["To"] for message in inbox.messages] == [TO]
    assert daily.send_now("nobody") == "There are no picks to send yet."
