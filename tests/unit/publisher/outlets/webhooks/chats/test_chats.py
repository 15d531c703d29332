"""Whatever a paper's title holds, a message fits its chat, calls nobody, and is shown as it stands."""

import asyncio
from collections.abc import Iterator

import pytest

from services.publisher.outlets.webhooks.chats.chat import Call, Message, Place, ToldPick, parts
from services.publisher.outlets.webhooks.chats.kinds import CHATS
from services.publisher.outlets.webhooks.sending import Sender
from shared.errors import TemporaryFailure
from tests.support.outside.chat_server import ChatServer, chat_server

HOSTILE = "<!channel> @everyone @room <@U1> *bold* _x_ `code` ~~s~~ [a](javascript:x) <script>alert(1)</script> & \\ ||"
LONG = "π*_[](" * 200
PLACE = Place("https://chat.example.org/services/a/topic", "token", "!room:example.org")


@pytest.fixture(scope="module")
def chats() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


def told(title: str, number: int = 0) -> ToldPick:
    return ToldPick(f"2611.{number:05d}", title, title, title, f"https://arxiv.org/abs/2611.{number:05d}").cut()


def call_of(kind: str, *picks: ToldPick) -> Call:
    return CHATS[kind].call(Message("m1", "1 pick", picks), PLACE)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("title", [HOSTILE, LONG, "x", "\\" * 300])
def test_any_number_of_any_picks_fits(chats: ChatServer, kind: str, title: str) -> None:
    chats.shown.clear()
    picks = [told(title, number) for number in range(45)]
    runs = list(parts(CHATS[kind], picks))
    assert [pick for run in runs for pick in run] == picks

    async def send() -> None:
        for number, run in enumerate(runs):
            message = Message(f"{kind}{title[:3]}{number}", f"{len(run)} picks", run)
            await Sender().send("team", chats.webhook(kind), message)

    asyncio.run(send())
    assert len(chats.shown) == len(runs)
    assert not any(shown.rang_everybody for shown in chats.shown)


def test_slack_shows_a_title_as_it_stands_and_finds_no_command_in_it() -> None:
    content = call_of("slack", told(HOSTILE)).content
    link = content["blocks"][0]["elements"][1]["elements"][1]
    assert (link["type"], link["text"]) == ("link", HOSTILE)
    assert "<" not in content["text"]
    assert "&lt;!channel&gt;" in content["text"]


def test_discord_pings_nobody_and_finds_no_markdown() -> None:
    content = call_of("discord", told("@everyone *a* [b](c)")).content
    assert content["allowed_mentions"] == {"parse": []}
    assert content["embeds"][0]["title"] == r"\@everyone \*a\* \[b\]\(c\)"


def test_matrix_shows_markup_as_text_and_mentions_nobody() -> None:
    content = call_of("matrix", told(HOSTILE)).content
    assert "<script>" not in content["formatted_body"]
    assert "&lt;script&gt;" in content["formatted_body"]
    assert content["m.mentions"] == {}
    assert call_of("matrix").url.endswith("/rooms/%21room%3Aexample.org/send/m.room.message/m1")


def test_ntfy_opens_the_paper_where_there_is_one() -> None:
    assert call_of("ntfy", told("a")).content["click"] == "https://arxiv.org/abs/2611.00000"
    assert "click" not in call_of("ntfy", told("a", 1), told("b", 2)).content
    assert call_of("ntfy", told("a")).content["topic"] == "topic"


def test_a_chat_that_does_not_exist_is_tried_again_later(chats: ChatServer) -> None:
    nowhere = chats.webhook("slack", url="http://127.0.0.1:9/services/secret")
    with pytest.raises(TemporaryFailure, match=r"Slack cannot be reached \(ConnectError\)") as raised:
        asyncio.run(Sender().send("team", nowhere, Message("m1", "hello")))
    assert "secret" not in str(raised.value)
