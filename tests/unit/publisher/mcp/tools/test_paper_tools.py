"""Tools that read papers and lists: what agents get, page by page, and what they are told when they ask wrongly."""

import json

import pytest

from shared.contracts import (
    MARK_END,
    MARK_START,
    AddPapers,
    FeedbackLabel,
    Hit,
    HitsReply,
    ListedPaper,
    ReadingListReply,
    Search,
)
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.research.reading_list import ReadingListStore
from tests.support.checks.agents import agent_of
from tests.support.folders.seed import GRAPHS, NOON, TIDES

PARAGRAPH = "Walks of each length are counted, one after the other, until none is left. "
TEXT = f"# A paper\n\n## 1 Introduction\n\nShort.\n\n## 2 Method\n\n{PARAGRAPH * 500}\n\n### 2.1 Details\n\nThe end.\n"


def store_text(data: DataFolder) -> None:
    record = DocumentRecord(paper_id=TIDES, version=1, status="converted", made_at=NOON)
    DocumentStore(data).put(record, TEXT, [Section(title="Method", level=1, text="")])


async def test_a_section_is_read_page_by_page_and_its_characters_are_those_of_the_text(data: DataFolder) -> None:
    store_text(data)
    async with agent_of(data) as (agent, _):
        summary = (await agent.call_tool("paper", {"paper_id": TIDES})).structured_content
        assert summary is not None
        titles = [(section["number"], section["title"]) for section in summary["quoted"]["sections"]]
        pages = []
        for number in (1, 2):
            arguments = {"paper_id": TIDES, "part": "text", "section": 2, "page": number}
            pages.append((await agent.call_tool("paper", arguments)).structured_content)
        beyond = await agent.call_tool("paper", {**arguments, "page": 3})
    first, second = pages
    assert first is not None
    assert second is not None
    assert titles == [(1, "1 Introduction"), (2, "2 Method"), (3, "2.1 Details")]
    assert (first["pages"], second["pages"], beyond.is_error) == (2, 2, True)
    assert TEXT[first["start"] : second["end"]] == first["quoted"]["text"] + second["quoted"]["text"]
    assert first["quoted"]["text"].startswith("## 2 Method")
    assert second["quoted"]["text"].rstrip().endswith("The end.")


@pytest.mark.parametrize(
    ("section", "begins"),
    [
        ("METHOD", "## 2 Method"),
        ("2 method", "## 2 Method"),
        ("2.1", "### 2.1 Details"),
        ("det", "### 2.1 Details"),
        ("3", "### 2.1 Details"),
        (1, "## 1 Introduction"),
    ],
)
async def test_a_section_is_read_by_its_title_or_how_it_begins(
    data: DataFolder, section: str | int, begins: str
) -> None:
    store_text(data)
    async with agent_of(data) as (agent, _):
        reply = await agent.call_tool("paper", {"paper_id": TIDES, "section": section})
    assert reply.structured_content is not None, reply.content
    assert reply.structured_content["quoted"]["text"].startswith(begins)
    assert reply.structured_content["part"] == "text"


async def test_a_title_that_no_section_or_several_have_is_refused_with_the_headings(data: DataFolder) -> None:
    text = TEXT.replace("### 2.1 Details", "### 2.1 Methods compared")
    record = DocumentRecord(paper_id=TIDES, version=1, status="converted", made_at=NOON)
    DocumentStore(data).put(record, text, [])
    async with agent_of(data) as (agent, _):
        none = await agent.call_tool("paper", {"paper_id": TIDES, "section": "Related work"})
        several = await agent.call_tool("paper", {"paper_id": TIDES, "section": "me"})
        exact = await agent.call_tool("paper", {"paper_id": TIDES, "section": "method"})
        wrong = [
            await agent.call_tool("paper", {"paper_id": TIDES, "section": odd}) for odd in (0, "", "  ", [1], "99")
        ]
    assert none.is_error
    assert several.is_error
    assert not exact.is_error
    assert all(reply.is_error for reply in wrong)
    said = none.content[0].text  # type: ignore[union-attr]
    assert "No heading is that" in said
    quoted = json.loads(said[said.index("{") :])["quoted"]
    assert [each["title"] for each in quoted["sections"]] == ["1 Introduction", "2 Method", "2.1 Methods compared"]
    assert "Introduction" not in str(several.content)
    assert "section: input should be greater than or equal to 1, or input" in str(wrong[0].content)


async def test_a_search_is_paged_and_says_what_it_found(data: DataFolder) -> None:
    hits = (Hit(paper_id=GRAPHS, score=0.9, snippet=f"on {MARK_START}graphs{MARK_END}", reasons=("words",)),)
    async with agent_of(data) as (agent, fake):
        fake.bus.answers[Search] = HitsReply(hits=hits, total=40)
        found = (await agent.call_tool("search", {"query": "graphs", "limit": 1, "offset": 5})).structured_content
        nothing = await agent.call_tool("search", {"query": "  "})
        fake.bus.answers[Search] = HitsReply(problem="cat:nope is no category")
        refused = await agent.call_tool("search", {"query": "cat:nope"})
    assert found is not None
    assert (found["total"], found["next_offset"], found["papers"][0]["is_summarised"]) == (40, 6, True)
    assert found["papers"][0]["quoted"]["snippet"] == "on graphs"
    assert nothing.is_error
    assert "cat:nope is no category" in str(refused.content)


async def test_a_rating_is_given_in_the_name_of_the_user_and_seen_at_once(data: DataFolder) -> None:
    async with agent_of(data) as (agent, fake):
        said = await agent.call_tool("rate", {"paper_id": f"arXiv:{TIDES}v1", "rating": "dislike"})
        seen = (await agent.call_tool("paper", {"paper_id": TIDES})).structured_content
        wrong = await agent.call_tool("rate", {"paper_id": TIDES, "rating": "love"})
        fake.problems["bus"] = "NATS is away"
        lost = await agent.call_tool("rate", {"paper_id": TIDES, "rating": "like"})
    (event,) = fake.bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.source, event.user) == ((TIDES,), "dislike", "mcp", "me")
    assert not said.is_error
    assert seen is not None
    assert seen["rating"] == "dislike"
    assert wrong.is_error
    assert "NATS is away" in str(lost.content)


async def test_papers_are_added_and_those_that_are_none_are_named(data: DataFolder) -> None:
    listed = ListedPaper(paper_id=GRAPHS, title="Graphs", version=2, added_at=NOON, changed_at=NOON)
    async with agent_of(data) as (agent, fake):
        fake.bus.answers[AddPapers] = ReadingListReply(papers=(listed,))
        papers = [f"https://arxiv.org/abs/{GRAPHS}v2", GRAPHS, "nonsense"]
        added = (await agent.call_tool("add", {"papers": papers})).structured_content
        none = await agent.call_tool("add", {"papers": ["nonsense"]})
    assert fake.bus.asked == [AddPapers(paper_ids=(GRAPHS,), versions={GRAPHS: 2})]
    assert added is not None
    assert [paper["paper_id"] for paper in added["papers"]] == [GRAPHS]
    assert set(added["refused"]) == {"nonsense"}
    assert none.is_error


@pytest.mark.parametrize("is_read_only", [False, True])
async def test_a_read_only_server_changes_nothing(data: DataFolder, is_read_only: bool) -> None:
    async with agent_of(data, is_read_only=is_read_only) as (agent, fake):
        tools = {tool.name: tool.annotations for tool in (await agent.list_tools()).tools}
        rated = await agent.call_tool("rate", {"paper_id": TIDES, "rating": "like"})
    assert ({"rate", "add"} & set(tools) == set()) is is_read_only
    assert rated.is_error is is_read_only
    assert bool(fake.bus.published) is not is_read_only
    reading = {name for name, hints in tools.items() if hints and hints.read_only_hint}
    assert reading == {"search", "today", "paper", "related", "why", "list", "trace"}


async def test_a_file_of_somebody_else_cannot_be_read(data: DataFolder) -> None:
    lists, documents = ReadingListStore(data), DocumentStore(data)
    for user, text in (("ada", "Ada's draft."), ("me", "My own draft.")):
        paper_id = lists.keep_file(text.encode(), ".tex")
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", made_at=NOON)
        documents.put(record, text, [])
        listed = ListedPaper(paper_id=paper_id, user=user, version=1, state="ready", added_at=NOON, changed_at=NOON)
        lists.put([listed])
    hers, mine = (lists.of_user(user)[0].paper_id for user in ("ada", "me"))
    async with agent_of(data) as (agent, _):
        answers = [
            await agent.call_tool("paper", {"paper_id": paper_id, "part": part, "version": version})
            for paper_id in (hers, mine)
            for part in ("summary", "text")
            for version in (None, 1)
        ]
    assert [bool(answer.is_error) for answer in answers] == [True] * 4 + [False] * 4
    assert "Ada's draft" not in str(answers)
    assert "My own draft." in str(answers[-1])
