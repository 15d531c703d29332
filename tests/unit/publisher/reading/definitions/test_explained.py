"""A term is explained by the first definition before it, and the page says which sentence that is."""

from hypothesis import given, settings
from markupsafe import Markup

from services.publisher.reading.definitions.definitions import definitions_of
from services.publisher.reading.definitions.explained import explained
from services.publisher.reading.definitions.sentence_places import sentence_places
from services.publisher.reading.fulltext.markdown.blocks import blocks_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from tests.support.arxiv.hostile_text import ANY_TEXT
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON

MARKDOWN = """# T

## 1 A

An early $d$ and a GNN. Let $d$ be the average degree [@x].

A graph neural network (GNN) has weights $w$. Here $d$ is the depth. Then GNNs with $d_0 > 2$ grow, Fig. 2 says.

## 2 B

At last $d$ again, and the GNN of a GNN-free world.
"""
DEFINITIONS = definitions_of(blocks_of(MARKDOWN))


def number(term: str, meaning: str) -> int:
    return next(one.number for one in DEFINITIONS.all if (one.term, one.meaning) == (term, meaning))


def test_the_first_definition_before_a_place_wins() -> None:
    degree, depth = number("d", "the average degree"), number("d", "the depth")
    first, last = MARKDOWN.index("An early") + 3, MARKDOWN.index("At last")
    assert degree < depth
    (use,) = DEFINITIONS.of_formula("d", last)
    assert (use.definition.number, use.is_later) == (degree, False)
    (later,) = DEFINITIONS.of_formula("d", first)
    assert (later.definition.number, later.is_later) == (degree, True)
    assert [use.definition.number for use in DEFINITIONS.of_formula("d_0 > \\exp(d)", last)] == [degree]
    assert DEFINITIONS.of_formula("q", last) == []
    sentence = later.definition
    assert MARKDOWN[sentence.start : sentence.end] == sentence.sentence == "Let $d$ be the average degree [@x]."


def test_an_acronym_is_marked_once_a_block_and_never_within_a_word_or_a_tag() -> None:
    gnn = number("GNN", "graph neural network")
    html = Markup('The <a href="/GNN">GNN</a>, GNNs, GNN-free <span class="math inline">d &lt; GNN</span>')
    marked = explained(html, DEFINITIONS, 10**6)
    assert marked.count("data-term") == 2
    assert f'<a href="/GNN"><span class="term" data-term="{gnn}">GNN</span></a>' in marked
    assert 'class="math inline" data-term=' in marked
    assert explained(Markup("GNN"), DEFINITIONS, 5) == f'<span class="term" data-term="{gnn}+">GNN</span>'


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = "See Smith et al. (2020) and Fig. 2. Then $x. Y$ holds! **So** it is [@a. B]. (Done.) $y$ follows."
    sentences = [text[start:end] for start, end in sentence_places(text)]
    assert sentences == [
        "See Smith et al. (2020) and Fig. 2.",
        "Then $x. Y$ holds!",
        "**So** it is [@a. B].",
        "(Done.)",
        "$y$ follows.",
    ]


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_every_definition_is_found_in_the_text(text: str) -> None:
    for definition in definitions_of(blocks_of(text)).all:
        assert definition.start < definition.end <= len(text)


async def test_the_page_lists_the_terms_and_marks_them(fake_reader: FakeReader, data: DataFolder) -> None:
    record = DocumentRecord(paper_id=GRAPHS, version=1, status="converted", made_at=NOON)
    DocumentStore(data).put(record, MARKDOWN + '\nA <b>bad</b> "word" (BW) is bad.\n', [])
    text = await page(fake_reader, f"/paper/{GRAPHS}/text")
    assert f'<li id="term-{number("d", "the average degree")}"' in text
    assert "graph neural network" in text.split('id="terms"')[1]
    start = MARKDOWN.index("Let $d$")
    assert f"/paper/{GRAPHS}/text?start={start}&amp;end=" in text
    assert "<b>bad" not in text
