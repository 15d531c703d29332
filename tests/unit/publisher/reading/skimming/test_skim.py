"""A skimmed text has its sentences marked at the chosen density; without the summarizer, what the summary quotes."""

from services.publisher.reading.fulltext.markdown.inline import NO_TARGETS, Marked, marked_html
from services.publisher.reading.fulltext.reading_style import COOKIE
from shared.contracts import RoleSpan, SentenceRoles, SentenceRolesReply
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import HTML, FakeReader
from tests.support.folders.seed import GRAPHS
from tests.support.papers.written_summary import MARKDOWN, store_written_summary

TEXT = f"/paper/{GRAPHS}/text"
WALKS = "We count walks of length $k$"


async def skimmed(fake_reader: FakeReader, level: str) -> str:
    async with fake_reader.client(cookies={COOKIE: f"m-m-{level}"}) as client:
        return (await client.get(TEXT, headers=HTML)).text


async def test_sentences_are_marked_once_skim_is_on(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    start = MARKDOWN.index(WALKS)
    spans = (
        RoleSpan(start=start, end=start + len(WALKS), role="method", level=2),
        RoleSpan(start=start + 3, end=start + 9, role="result", level=3),  # within the first: left out
    )
    fake_reader.bus.answers[SentenceRoles] = SentenceRolesReply(spans=spans)
    assert 'class="skim method level' not in await skimmed(fake_reader, "0")
    for _ in range(2):
        text = await skimmed(fake_reader, "2")
    assert '<mark class="skim method level-2 first">We count walks of length </mark>' in text
    assert "result level-3" not in text
    assert "width-m skim-2" in text
    assert [type(request) for request in fake_reader.bus.asked].count(SentenceRoles) == 1  # kept for the second time
    assert "skim-0" in await skimmed(fake_reader, "9")


async def test_without_the_summarizer_the_quotes_of_the_summary_are_marked(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    text = await skimmed(fake_reader, "2")
    assert 'class="skim method level-2 first">We count walks' in text
    assert "Only what the summary quotes is marked" in text


def test_several_places_are_marked_whatever_stands_in_them() -> None:
    text = "One *two three* four $x+y$ [@k; @l] five `six` seven."
    marks = [Marked(0, 9, "skim problem level-1"), Marked(10, len(text), "skim result level-4")]
    html = marked_html(text, NO_TARGETS, 1, marks)
    assert html.startswith(
        '<mark class="skim problem level-1 first">One </mark><em><mark class="skim problem level-1">two '
    )
    assert html.count(" first") == 2
    assert '<mark class="skim result level-4"><span class="math inline">x+y</span></mark>' in html
    assert "\u2e22" not in html
    assert "\u2e23" not in html
    assert "onclick" not in marked_html("a b", NO_TARGETS, 1, [Marked(0, 1, 'x" onclick="y')])
