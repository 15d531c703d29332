"""New versions and withdrawals as the reader shows them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.publisher.api.event_sender import EventSender
from services.publisher.mcp.papers import summary_of
from services.publisher.mcp.sources import Sources
from services.publisher.mcp.systems import BusSystem
from shared.contracts import AnchoredPassage, AnchorPassages, AnchorPassagesReply, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.revisions import RevisionStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.signals import Signal, SignalStore
from shared.store.people.users import UserStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, NOON, TIDES, paper, rating, summary
from tests.support.papers.answered_questions import EXCERPT, TRACE_ID, answered, cited, write_question
from tests.support.papers.revisions import AFTER, BEFORE, revision


def store_texts(data: DataFolder, paper_id: str = GRAPHS, before: str = BEFORE, after: str = AFTER) -> None:
    for version, text in ((1, before), (2, after)):
        record = DocumentRecord(paper_id=paper_id, version=version, status="converted", route="latex", made_at=NOON)
        DocumentStore(data).put(record, text, [Section(title="Text", level=1, text=text)])


def like(data: DataFolder, paper_id: str) -> None:
    RatingStore(data).append(ratings_of(rating(paper_id, "like")))


def withdraw(data: DataFolder, paper_id: str) -> None:
    MetadataStore(data).put([replace(paper(paper_id), withdrawn=True, comment="Withdrawn: Lemma 2 is wrong.")])


async def test_today_has_one_line_for_papers_that_one_knows(fake_reader: FakeReader, data: DataFolder) -> None:
    like(data, GRAPHS)
    RevisionStore(data).put_many([revision(GRAPHS), revision(TIDES)])
    text = await page(fake_reader, "/")
    line = text[text.index("Changed since you knew") :].partition("</p>")[0]
    assert "needs only" in line
    assert "(v2, 1 of 3 quotes is gone: 1 claim needs a look)" in line
    assert "Tidal heating" not in line


async def test_today_is_silent_once_the_paper_was_opened_or_when_nothing_was_said_otherwise(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    like(data, GRAPHS)
    like(data, TIDES)
    RevisionStore(data).put_many([revision(GRAPHS, now() - timedelta(hours=1)), revision(TIDES, counts={}, quotes=())])
    SignalStore(data).append([Signal("opened", "me", GRAPHS, "open", "reader", now())])
    assert "Changed since you knew" not in await page(fake_reader, "/")
    assert "needs only" in await page(fake_reader, "/revisions")


async def test_old_news_is_not_on_today(fake_reader: FakeReader, data: DataFolder) -> None:
    like(data, GRAPHS)
    RevisionStore(data).put(revision(GRAPHS, now() - timedelta(days=9)))
    assert "Changed since you knew" not in await page(fake_reader, "/")


async def test_the_news_of_one_person_is_not_anothers(fake_reader: FakeReader, data: DataFolder) -> None:
    _, token = UserStore(data).add("anna")
    like(data, GRAPHS)
    RevisionStore(data).put(revision(GRAPHS))
    async with fake_reader.client(headers={"authorization": f"Bearer {token}"}) as client:
        answer = await client.get("/revisions", headers={"accept": "text/html"})
    assert "Nothing changed in papers that you know." in answer.text


async def test_a_paper_says_what_changed_and_which_claims_need_a_look(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_texts(data)
    RevisionStore(data).put(revision(GRAPHS))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert '<h2 id="revision">What changed in v2</h2>' in text
    assert "Compared with v1: 2 changed numbers and 1 reworded sentence. In the summary below, 1 of 3" in text
    assert "93.2 became 97.8" in text
    assert '<a href="#claim-result-1">Result:' in text
    assert "quote gone in the new version" in text
    assert f"/paper/{GRAPHS}/text?start=" in text
    assert "<mark>97.8</mark>" in text
    assert f"/paper/{GRAPHS}/changes?from=1&amp;to=2" in text


async def test_quotes_are_not_counted_once_the_newer_version_was_summarised(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_texts(data)
    read = summary(GRAPHS)
    made_by = read.made_by.model_copy(update={"document_version": 2})
    SummaryStore(data).put(read.model_copy(update={"version": 2, "made_by": made_by}))
    RevisionStore(data).put(revision(GRAPHS))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "93.2 became 97.8" in text
    assert "gone" not in text.replace('class="gone"', "")


async def test_passages_of_a_note_are_looked_up(fake_reader: FakeReader, data: DataFolder) -> None:
    store_texts(data)
    RevisionStore(data).put(revision(GRAPHS))
    lost = "> It was never slower than the usual\n> external sorting of large files."
    note = f"Check:\n\n{lost}\n\n> We use a tree of tournament nodes\n"
    NoteStore(data).put("me", GRAPHS, note)
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "it is no longer in v2." in text
    assert "it is still there" in text


@pytest.mark.parametrize("by_file", [False, True])
async def test_a_withdrawn_papers_summary_is_folded_away_under_a_notice(
    fake_reader: FakeReader, data: DataFolder, by_file: bool
) -> None:
    if by_file:
        RevisionStore(data).put(revision(GRAPHS, withdrawn_at=NOON, text_withdrawn=True))
    else:
        withdraw(data, GRAPHS)
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "Its authors withdrew this paper." in text
    assert ("Lemma 2 is wrong" in text) != by_file
    assert text.index('<details class="withdrawn">') < text.index("<h3>Problem")
    card = (await page(fake_reader, "/")).split(f'data-paper="{GRAPHS}"')[1].split("</article>")[0]
    assert "its summary is not shown here" in card
    assert 'class="lead"' not in card


async def test_a_paper_that_cites_a_withdrawn_one_says_so(fake_reader: FakeReader, data: DataFolder) -> None:
    withdraw(data, FAR)
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "This paper rests on a paper that was withdrawn" in text
    assert text.count('<span class="badge warn">withdrawn</span>') == 1
    assert "rests on" not in await page(fake_reader, f"/paper/{TIDES}")


async def test_an_answer_says_that_a_cited_paper_was_withdrawn(fake_reader: FakeReader, data: DataFolder) -> None:
    write_question(data, result=answered())
    withdraw(data, GRAPHS)
    text = await page(fake_reader, f"/ask/{TRACE_ID}")
    assert "Look at this answer again" in text
    assert "was withdrawn by its authors" in text
    assert "cites a withdrawn paper" in await page(fake_reader, "/ask")


@pytest.mark.parametrize(("after", "stands"), [(f"# Text\n\nSo {EXCERPT} here.\n", True), ("# Text\n\nNo.\n", False)])
async def test_an_answer_says_whether_cited_words_stand_in_the_newer_text(
    fake_reader: FakeReader, data: DataFolder, after: str, stands: bool
) -> None:
    write_question(data, result=answered(citations=(cited(1),)))
    store_texts(data, after=after)
    RevisionStore(data).put(revision(GRAPHS))
    text = await page(fake_reader, f"/ask/{TRACE_ID}")
    assert ("It still has the words cited here." in text) == stands
    assert ("no longer in v2" in text) == (not stands)
    assert ("Look at this answer again" in text) == (not stands)


async def test_an_answer_whose_papers_stayed_says_nothing(fake_reader: FakeReader, data: DataFolder) -> None:
    write_question(data, result=answered())
    text = await page(fake_reader, f"/ask/{TRACE_ID}")
    assert "Look at this answer again" not in text
    assert "is out" not in text


async def test_a_feed_has_an_item_for_each_revision(fake_reader: FakeReader, data: DataFolder) -> None:
    like(data, GRAPHS)
    RevisionStore(data).put(revision(GRAPHS))
    key = fake_reader.outgoing.feed_keys.key_of("me")
    text = await page(fake_reader, f"/feed/{key}/rss.xml")
    assert "Revised: Message passing" in text
    assert f"revision/{GRAPHS}/v2/revised" in text
    assert "2 changed numbers" in text


async def test_words_of_a_paper_are_only_words(fake_reader: FakeReader, data: DataFolder) -> None:
    before = BEFORE + "\nWe use the <script>alert(1)</script> tag in a sentence of many words.\n"
    store_texts(data, before=before, after=before.replace("many", "few"))
    from services.summarizer.revisions.comparison import compare

    RevisionStore(data).put(revision(GRAPHS, sections=compare(before, before.replace("many", "few"))))
    assert "<script>alert" not in await page(fake_reader, f"/paper/{GRAPHS}")


def test_agents_are_told_of_a_withdrawal_and_get_no_summary(fake_reader: FakeReader, data: DataFolder) -> None:
    parts, system = (
        fake_reader.components,
        BusSystem(fake_reader.components.bus, EventSender(fake_reader.bus, lambda: None)),
    )
    sources = Sources.open(data, parts.records, parts.ratings, system, "https://arxiv.org")
    assert summary_of(sources, GRAPHS).quoted.fields
    withdraw(data, GRAPHS)
    found = summary_of(sources, GRAPHS)
    assert (found.is_withdrawn, found.quoted.fields) == (True, ())


async def test_a_passage_in_other_words_is_shown_in_them_and_one_kept_by_the_button_counts_without_its_address(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_texts(data)
    RevisionStore(data).put(revision(GRAPHS))
    lost = "It was never slower than the usual external sorting of large files."
    kept = f"> {lost}\n>\n> — [Results](/paper/{GRAPHS}/text?start=3&end=9#quote)\n\nmine\n"
    NoteStore(data).put("me", GRAPHS, kept)
    became = AnchoredPassage(fate="reworded", text="It was seldom <i>slower</i>.", start=4, end=20)
    fake_reader.bus.answers[AnchorPassages] = AnchorPassagesReply(passages=(became,))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    (asked,) = [request for request in fake_reader.bus.asked if isinstance(request, AnchorPassages)]
    assert (asked.passages, asked.version) == ((lost,), 2)
    assert "it now reads “It was seldom &lt;i&gt;slower&lt;/i&gt;" in text
    fake_reader.bus.answers[AnchorPassages] = AnchorPassagesReply(problem="The text is not stored.")
    assert "it is no longer in v2." in await page(fake_reader, f"/paper/{GRAPHS}")
