"""What pages and the site say of how far a summary can be trusted."""

import pytest

from services.publisher.pages.cards import money
from services.publisher.records.records import Records
from services.publisher.site.markdown_files import Site
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, TIDES
from tests.support.papers.written_summary import ODDITY, store_written_summary, written_summary


async def test_a_paper_shows_weak_claims_places_oddities_checks_and_cost(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    for shown in (
        "not supported: “100 times” is not in its quote",
        "not supported: its quote is not in the text",
        "Quote (not found in the text)",
        f"/paper/{GRAPHS}/text?start=",
        "This paper contains text that looks like instructions to a language model.",
        ODDITY.partition("“")[0],
        "6 of 7 quotes found, 2 weak claims",
        "Further thoughts (the model&#39;s own)",
        "18,240 tokens in (9,000 cached), 812 out",
        "unknown (no price is set for this model)",
        "the full text, by a model",
        '<span class="role-name">Problem</span>',
    ):
        assert shown in text
    assert "In one sentence" not in text
    assert text.index("Message passing on sparse graphs needs only about") < text.index("<h3>Problem")
    assert text.index("<h3>Institutions") < text.index("<h3>Further thoughts")
    assert "<h3>Limitations" not in text


async def test_a_card_begins_with_the_sentence_that_sums_up_and_marks_what_is_weak(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    text = await page(fake_reader, "/")
    card = text[text.index(f'data-paper="{GRAPHS}"') : text.index(f'data-paper="{TIDES}"')]
    assert card.index('<p class="lead">') < card.index("<dt>Problem</dt>")
    assert '<span class="badge warn" title="its quote is not in the text">weak</span>' in card
    assert "see what was noticed" in card
    assert "Institutions" not in card


async def test_another_language_is_named_and_what_was_not_checked_is_said(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data, written_summary("zh"))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert '<div class="lead" lang="zh">' in text
    assert '<blockquote lang="">' in text
    assert "Of 6 claims only the numbers were checked" in text
    assert "<dt>Language</dt><dd>zh</dd>" in text


@pytest.mark.parametrize(("reading", "shown"), [("abstract", "from the abstract alone"), (None, "quotes found")])
async def test_what_was_read_is_said(fake_reader: FakeReader, data: DataFolder, reading: str, shown: str) -> None:
    store_written_summary(data, written_summary().model_copy(update={"reading": reading}))
    assert shown in await page(fake_reader, f"/paper/{GRAPHS}")


async def test_roles_that_do_not_fit_the_abstract_are_not_shown(fake_reader: FakeReader, data: DataFolder) -> None:
    summary = written_summary()
    moved = tuple(role.model_copy(update={"end": role.end + 10_000}) for role in summary.abstract_roles)
    store_written_summary(data, summary.model_copy(update={"abstract_roles": moved}))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "role-name" not in text
    assert "We study message passing" in text


def test_the_site_says_the_same_and_has_no_full_text(data: DataFolder) -> None:
    store_written_summary(data)
    Site(data, Records(data, "minilm"), "https://arxiv.org").publish([GRAPHS])
    text = data.path("site", "content", "papers", f"{GRAPHS}.md").read_text()
    for shown in (
        "(not supported: “100 times” is not in its quote)",
        "**This paper contains text that looks like instructions to a language model.**",
        "6 of 7 quotes found, 2 weak claims",
        "## Further thoughts (the model's own) · not checked",
        "## Institutions · not checked",
        'reading: "full_text"',
        "weak_claims: 2",
    ):
        assert shown in text
    assert f"/paper/{GRAPHS}/text" not in text
    assert text.index("## In one sentence") < text.index("## Problem") < text.index("## Further thoughts")


@pytest.mark.parametrize(
    ("cost", "shown"), [(0.0, "0.00"), (12.345, "12.35"), (0.0123, "0.0123"), (0.00001, "less than 0.0001")]
)
def test_a_small_cost_is_not_shown_as_nothing(cost: float, shown: str) -> None:
    assert money(cost) == shown
