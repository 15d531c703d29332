"""The pages of the reader over a seeded data folder: what they show, and what they say where there is nothing."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.publisher.library import Library, picks_of
from services.publisher.queues import QueueState
from shared.contracts import FeedbackLabel, FoundPaper, Hit, HitsReply, Search, now
from shared.dead_letters import DeadLetter
from shared.errors import RequestFailed, TemporaryFailure
from shared.store.files import DataFolder
from shared.store.metadata import MetadataStore
from shared.store.preferences import VerdictStore, verdicts_of
from shared.store.runs import HarvestRun, RunStore
from shared.store.summaries import SummaryStore
from tests.support.reader import ReaderOnPaper, reader
from tests.support.seed import (
    FAR,
    GRAPHS,
    HOSTILE,
    NOON,
    OLD,
    PROTEINS,
    TIDES,
    TODAY,
    UNREAD,
    YESTERDAY,
    pick,
    seed,
    summary,
)

HTML = {"accept": "text/html"}
FORM = {"sec-fetch-site": "same-origin", **HTML}


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


@pytest.fixture
def on_paper(data: DataFolder) -> ReaderOnPaper:
    return reader(data)


async def page(on_paper: ReaderOnPaper, path: str, status: int = 200) -> str:
    async with on_paper.client() as client:
        answer = await client.get(path, headers=HTML)
    assert answer.status_code == status
    return answer.text


def pressed(text: str, paper_id: str) -> str:
    """The label a card shows."""
    return text.split(f'data-paper="{paper_id}" data-label="')[1].split('"')[0]


async def say(on_paper: ReaderOnPaper, paper_id: str, label: str) -> int:
    async with on_paper.client() as client:
        return (await client.post("/api/verdict", json={"paper_id": paper_id, "label": label})).status_code


# Today


async def test_today_shows_the_newest_days_picks_best_first(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, "/")
    assert "Friday, 6 November 2026" in text
    places = [text.index(f'data-paper="{paper_id}"') for paper_id in (GRAPHS, TIDES, UNREAD, HOSTILE)]
    assert places == sorted(places)
    assert f'data-paper="{PROTEINS}"' not in text
    for shown in ("no. 1 of 5", "because you liked", "Graph neural networks", "no model wrote this", "exploration"):
        assert shown in text
    assert "No document could be had" in text


async def test_a_pick_without_a_summary_is_being_read_and_the_page_looks_again_until_it_is(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    before = await page(on_paper, "/")
    assert before.count("being read …") == 1
    assert 'data-poll="3"' in before
    assert 'http-equiv="refresh"' in before
    SummaryStore(data).put(summary(UNREAD))
    after = await page(on_paper, "/")
    assert "being read" not in after
    assert "refresh" not in after
    assert before.split('data-state="')[1][:16] != after.split('data-state="')[1][:16]


async def test_a_pick_whose_reading_was_given_up_says_why_and_waits_no_more(on_paper: ReaderOnPaper) -> None:
    letter = DeadLetter(
        service="summarizer",
        subject="papers.selected",
        event_id="e",
        paper_id=UNREAD,
        reason="its source is <garbage>",
        attempts=3,
        died_at=NOON,
        body="{}",
    )
    on_paper.queues.known = QueueState(letters=[letter])
    text = await page(on_paper, "/")
    assert "could not be read: its source is &lt;garbage&gt;" in text
    assert "being read" not in text


async def test_the_days_are_linked_to_each_other(on_paper: ReaderOnPaper) -> None:
    assert f'href="/day/{YESTERDAY}"' in await page(on_paper, "/")
    older = await page(on_paper, f"/day/{YESTERDAY}")
    assert f'href="/day/{TODAY}"' in older
    assert "requested" in older
    assert 'href="/paper/hep-th/9901001"' in older


@pytest.mark.parametrize("path", ["/day/2026-01-01", "/day/soon", "/nothing", "/paper/12", "/tag/none"])
async def test_what_is_not_there_is_a_page_that_says_so(on_paper: ReaderOnPaper, path: str) -> None:
    text = await page(on_paper, path, 404)
    assert "There is no such page" in text
    assert "Back to today" in text


def test_a_paper_picked_twice_on_a_day_is_shown_once_in_its_better_place() -> None:
    candidates = [pick(GRAPHS, None, "requested"), pick(TIDES, 2), pick(GRAPHS, 1), pick(HOSTILE, 3, "explore")]
    assert [(one.paper_id, one.slot) for one in picks_of(candidates)] == [
        (GRAPHS, "top"),
        (TIDES, "top"),
        (HOSTILE, "explore"),
    ]


# Nothing to show


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (None, "Nothing has been harvested yet"),
        (HarvestRun(run_id="r", started_at=NOON), "A harvest has been running since 2026-11-06 12:00 UTC"),
        (HarvestRun(run_id="r", started_at=NOON, state="failed", problem="arXiv answers 503"), "failed: arXiv answers"),
        (HarvestRun(run_id="r", started_at=NOON, state="done", verdict="No announcement today."), "No announcement"),
        (
            HarvestRun(run_id="r", started_at=NOON, state="done", day=TODAY, new_ids=(GRAPHS, TIDES)),
            "2 papers of 2026-11-06 are being embedded and compared with what you liked. 0 of 2 embedded so far.",
        ),
    ],
)
async def test_the_first_page_says_what_is_going_on_before_there_are_picks(
    tmp_path: Path, run: HarvestRun | None, says: str
) -> None:
    data = DataFolder(tmp_path, 0)
    if run:
        RunStore(data).put(run)
    text = await page(reader(data), "/")
    assert says in text
    assert 'data-poll="3"' in text


async def test_a_later_harvest_is_announced_above_the_older_picks(data: DataFolder, on_paper: ReaderOnPaper) -> None:
    later = TODAY + timedelta(days=3)
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=later, new_ids=("2611.01000",))
    RunStore(data).put(run)
    text = await page(on_paper, "/")
    assert f"1 paper of {later} is being embedded" in text
    assert "Message passing" in text


async def test_papers_that_came_after_the_days_selection_are_said_to_wait(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=TODAY, new_ids=("2611.01000",))
    RunStore(data).put(run)
    assert "will compete in the next one" in await page(on_paper, "/")


# One paper


async def test_a_papers_page_shows_what_is_known_of_it(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, f"/paper/{GRAPHS}")
    for shown in (
        "Mira Oduya, Jonas Feldt, Ana Reis, Tom Okafor, Li Wen",
        "https://arxiv.org/abs/2611.00101",
        "https://arxiv.org/pdf/2611.00101",
        "because you liked",
        "quote not found in the text",
        "<blockquote>walks of length",
        'href="/paper/2611.00001"',
        "In its bibliography.",
        "by the latex route, quality good",
        "rank 1, score 0.880 (similarity)",
        '<span class="math display">',
    ):
        assert shown in text


async def test_links_are_shown_at_both_ends_in_words_of_their_direction(on_paper: ReaderOnPaper) -> None:
    assert "<h3>Cites</h3>" in await page(on_paper, f"/paper/{GRAPHS}")
    far = await page(on_paper, f"/paper/{FAR}")
    assert "<h3>Cited by</h3>" in far
    assert f'href="/paper/{GRAPHS}"' in far


async def test_an_old_id_with_its_slash_has_a_page(on_paper: ReaderOnPaper) -> None:
    assert "Branes and the old scheme" in await page(on_paper, f"/paper/{OLD}")


@pytest.mark.parametrize("spelling", ["2611.00101v2", "arXiv:2611.00101", "https://arxiv.org/abs/2611.00101v1"])
async def test_any_spelling_of_an_id_leads_to_the_one_page(on_paper: ReaderOnPaper, spelling: str) -> None:
    async with on_paper.client() as client:
        assert (await client.get(f"/paper/{spelling}")).headers["location"] == f"/paper/{GRAPHS}"
        assert (await client.get("/search", params={"q": spelling})).headers["location"] == f"/paper/{GRAPHS}"


async def test_a_paper_that_was_never_harvested_says_how_to_get_it(on_paper: ReaderOnPaper) -> None:
    assert "papersys reprocess 2611.99999" in await page(on_paper, "/paper/2611.99999", 404)


@pytest.mark.parametrize("path", ["/", f"/paper/{HOSTILE}", "/search?q=x", "/tag/planets"])
async def test_hostile_text_is_shown_and_does_not_run(on_paper: ReaderOnPaper, path: str) -> None:
    on_paper.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=HOSTILE, score=1, reasons=("<b>bold</b>",)),))
    text = await page(on_paper, path)
    assert "&lt;script&gt;alert(" in text
    for forbidden in ("<script>alert", "<img src=x", "<b>", "<i>", 'href="javascript:', " 49 ", "style="):
        assert forbidden not in text


async def test_the_demo_says_so_on_every_page_and_links_to_its_own_arxiv(data: DataFolder) -> None:
    for path in ("/", f"/paper/{GRAPHS}", "/tags", "/search", "/interests", "/status"):
        assert "This is the demo" in await page(reader(data, demo=True), path)
        assert "This is the demo" not in await page(reader(data), path)
    text = await page(reader(data, demo=True), f"/paper/{GRAPHS}")
    assert f"http://127.0.0.1:8099/abs/{GRAPHS}" in text
    assert "https://arxiv.org" not in text


# Verdicts


async def test_a_verdict_is_published_and_shown_at_once(on_paper: ReaderOnPaper) -> None:
    assert await say(on_paper, "arXiv:2611.00101v2", "like") == 200
    (event,) = on_paper.bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.source, event.user) == ((GRAPHS,), "like", "reader", "me")
    text = await page(on_paper, "/")
    assert pressed(text, GRAPHS) == "like"
    assert pressed(text, TIDES) == ""
    await say(on_paper, GRAPHS, "clear")
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_a_stored_verdict_is_shown_and_a_later_word_from_elsewhere_wins(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == "like"
    await say(on_paper, FAR, "dislike")
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == "dislike"
    elsewhere = FeedbackLabel(paper_ids=(FAR,), label="clear", occurred_at=now() + timedelta(minutes=1))
    VerdictStore(data).append(verdicts_of(elsewhere))
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == ""


async def test_a_verdict_that_could_not_be_sent_is_not_shown_and_says_so(on_paper: ReaderOnPaper) -> None:
    on_paper.problems["bus"] = "NATS is away"
    async with on_paper.client() as client:
        answer = await client.post("/api/verdict", json={"paper_id": GRAPHS, "label": "like"})
    assert answer.status_code == 503
    assert "was not saved (NATS is away)" in answer.json()["error"]
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_a_bus_that_fails_while_publishing_is_told_too(
    on_paper: ReaderOnPaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(event: object) -> None:
        raise TemporaryFailure("no ack")

    monkeypatch.setattr(on_paper.bus, "publish", fail)
    assert await say(on_paper, GRAPHS, "like") == 503
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_the_buttons_work_without_javascript(on_paper: ReaderOnPaper) -> None:
    form = {"paper_id": GRAPHS, "label": "dislike", "next": f"/paper/{GRAPHS}"}
    async with on_paper.client() as client:
        answer = await client.post("/api/verdict", data=form, headers=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}")
        on_paper.problems["bus"] = "NATS is away"
        failed = await client.post("/api/verdict", data=form, headers=FORM)
    assert failed.status_code == 503
    assert "was not saved" in failed.text
    text = await page(on_paper, f"/paper/{GRAPHS}")
    assert pressed(text, GRAPHS) == "dislike"
    assert 'data-label="dislike" value="clear" aria-pressed="true"' in text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", ""])
async def test_a_form_leads_back_to_this_reader_only(on_paper: ReaderOnPaper, elsewhere: str) -> None:
    form = {"paper_id": GRAPHS, "label": "like", "next": elsewhere}
    async with on_paper.client() as client:
        assert (await client.post("/api/verdict", data=form, headers=FORM)).headers["location"] == "/"


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", "{}", '{"paper_id": "24.1", "label": "like"}', '{"paper_id": "2611.00101", "label": "love"}'],
)
async def test_what_is_no_verdict_is_refused_with_the_reason(on_paper: ReaderOnPaper, body: str) -> None:
    async with on_paper.client() as client:
        answer = await client.post("/api/verdict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert on_paper.bus.published == []


async def test_a_body_of_any_size_is_refused(on_paper: ReaderOnPaper) -> None:
    async with on_paper.client() as client:
        big = {"paper_id": GRAPHS, "label": "like", "next": "/" + "x" * 20_000}
        assert (await client.post("/api/verdict", json=big)).status_code == 413


# Search, tags, status


async def test_search_shows_what_the_ranker_found_in_its_order(on_paper: ReaderOnPaper) -> None:
    on_paper.bus.answers[Search] = HitsReply(
        hits=(Hit(paper_id=PROTEINS, score=2, reasons=("words: protein",)), Hit(paper_id=GRAPHS, score=1))
    )
    text = await page(on_paper, "/search?q=protein  folding")
    assert on_paper.bus.asked == [Search(query="protein folding", limit=30)]
    assert text.index(PROTEINS) < text.index(GRAPHS)
    assert "words: protein" in text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (RequestFailed("Nobody answers ranker.search now.", code="unavailable", retryable=True), "Nobody answers"),
        (HitsReply(), "Nothing was found"),
    ],
)
async def test_search_says_why_there_is_nothing(on_paper: ReaderOnPaper, answer: object, says: str) -> None:
    on_paper.bus.answers[Search] = answer
    assert says in await page(on_paper, "/search?q=protein")


async def test_an_endless_query_is_not_asked(on_paper: ReaderOnPaper) -> None:
    assert "the most is 2000" in await page(on_paper, "/search?q=" + "x" * 2500)
    assert on_paper.bus.asked == []


async def test_the_filters_of_the_form_are_asked_for_and_shown_again(on_paper: ReaderOnPaper) -> None:
    on_paper.bus.answers[Search] = HitsReply()
    form = "q=tides&category=cs.LG,+math&from=2026-01-02&to=2026-11-06&author=Voss&mine=unseen&where=arxiv"
    text = await page(on_paper, f"/search?{form}")
    assert on_paper.bus.asked[-1] == Search(
        query="tides",
        limit=30,
        categories=("cs.LG", "math"),
        since=date(2026, 1, 2),
        until=date(2026, 11, 6),
        author="Voss",
        seen=False,
        where="arxiv",
    )
    assert all(f'value="{value}"' in text for value in ("tides", "cs.LG, math", "2026-01-02", "2026-11-06", "Voss"))
    assert '<option value="unseen" selected>' in text


async def test_more_like_a_paper_is_asked_for_from_its_page(on_paper: ReaderOnPaper) -> None:
    assert f'href="/search?like={GRAPHS}"' in await page(on_paper, f"/paper/{GRAPHS}")
    on_paper.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=TIDES, score=1.0),))
    text = await page(on_paper, f"/search?like={GRAPHS}")
    assert on_paper.bus.asked[-1] == Search(limit=30, like=(GRAPHS,))
    assert "More like this paper" in text
    assert "Tidal heating" in text


@pytest.mark.parametrize("form", ["from=yesterday", "like=nonsense", "category=" + "x" * 50])
async def test_a_form_that_cannot_be_read_says_why_and_asks_nobody(on_paper: ReaderOnPaper, form: str) -> None:
    assert "This cannot be searched for" in await page(on_paper, f"/search?{form}")
    assert not any(isinstance(one, Search) for one in on_paper.bus.asked)


async def test_what_was_found_is_marked_and_hostile_text_stays_text(on_paper: ReaderOnPaper) -> None:
    hit = Hit(
        paper_id=TIDES,
        score=1.0,
        title="⟦Tidal⟧ heating of $\\log ⟦n⟧$ <b>x</b>",
        snippet="…on eccentric orbits, ⟦heated⟧ by <script>alert(1)</script> ⟦tides",
    )
    on_paper.bus.answers[Search] = HitsReply(hits=(hit,), note="The index is being made.")
    text = await page(on_paper, "/search?q=tidal")
    assert "<mark>Tidal</mark> heating of " in text
    assert '<span class="math inline">\\log n</span> &lt;b&gt;x&lt;/b&gt;' in text
    assert "<mark>heated</mark>" not in text
    assert "heated by &lt;script&gt;alert(1)&lt;/script&gt; tides" in text
    assert "The index is being made." in text


async def test_a_paper_that_only_arxiv_knows_is_shown_by_what_arxiv_says(on_paper: ReaderOnPaper) -> None:
    unknown = FoundPaper(
        paper_id="2401.00001", title="Far away", abstract="Words.", authors=("X. Yu",), categories=("cs.LG",)
    )
    on_paper.bus.answers[Search] = HitsReply(hits=(Hit(paper_id="2401.00001", score=1.0, unknown=unknown),))
    text = await page(on_paper, "/search?q=far&where=arxiv")
    assert all(words in text for words in ("Far away", "Words.", "X. Yu", "cs.LG"))


async def test_tags_are_counted_and_lead_to_their_papers(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, "/tags")
    assert 'Planets <span class="count">3</span>' in text
    graphs = await page(on_paper, "/tag/graph-neural-networks")
    assert f'data-paper="{GRAPHS}"' in graphs
    assert f'data-paper="{TIDES}"' not in graphs


async def test_status_shows_services_counts_the_last_harvest_and_dead_letters(on_paper: ReaderOnPaper) -> None:
    on_paper.down.add("ranker")
    letter = DeadLetter(
        service="embedder",
        subject="papers.new",
        event_id="e",
        paper_id=TIDES,
        reason="no text <b>",
        attempts=10,
        died_at=NOON,
        body="{}",
        number=7,
    )
    on_paper.queues.known = QueueState(letters=[letter])
    text = await page(on_paper, "/status")
    for shown in ("unreachable", "Not every service is ready", "5 new papers of 2026-11-06.", "no text &lt;b&gt;"):
        assert shown in text
    async with on_paper.client() as client:
        body = (await client.get("/api/status")).json()
        health = await client.get("/health")
    assert body["ready"] is False
    assert {service["service"]: service["state"] for service in body["services"]}["ranker"] == "unreachable"
    assert body["counts"]["papers"] == 7
    assert body["counts"]["verdicts"] == 1
    assert body["queues"]["letters"][0]["reason"] == "no text <b>"
    assert health.status_code == 503
    on_paper.down.clear()
    async with on_paper.client() as client:
        assert (await client.get("/health")).json()["status"] == "ready"


async def test_every_page_has_a_title_a_skip_link_and_a_language(on_paper: ReaderOnPaper) -> None:
    for path in ("/", f"/paper/{GRAPHS}", "/search", "/interests", "/tags", "/tag/planets", "/status"):
        text = await page(on_paper, path)
        for needed in ('<html lang="en">', "<title>", 'class="skip"', '<main id="content"', "<h1"):
            assert needed in text


async def test_static_files_are_kept_for_ever_only_when_asked_for_by_their_content(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, "/")
    address = text.split('<link rel="stylesheet" href="')[2].split('"')[0]
    async with on_paper.client() as client:
        assert "immutable" in (await client.get(address)).headers["cache-control"]
        assert "immutable" not in (await client.get("/static/reader.css")).headers.get("cache-control", "")
        assert (await client.get("/static/katex/fonts/KaTeX_Main-Regular.woff2")).status_code == 200
        assert (await client.get("/static/../settings.py")).status_code == 404


async def test_papers_stored_meanwhile_are_seen(data: DataFolder) -> None:
    library = Library(data, "minilm")
    known = library.papers([GRAPHS])[GRAPHS]
    MetadataStore(data).put([replace(known, version=3, title="Another title")])
    assert library.papers([GRAPHS])[GRAPHS].title == "Another title"
