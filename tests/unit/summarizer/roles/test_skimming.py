"""The sentences that say something stand where the text has them, the surest first."""

from hypothesis import given, settings

from services.summarizer.roles.skimming import role_spans
from services.summarizer.subscribers import register_roles
from shared.contracts import SentenceRoles
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from tests.support.arxiv.hostile_text import ANY_TEXT
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import GRAPHS, seed
from tests.support.papers.written_summary import store_written_summary

ABSTRACT = (
    "Message passing on sparse graphs is too slow for large networks, and no good bound is known. We propose a new "
    "*method* that counts walks of length $k$ [@x]. We show that twelve rounds suffice, 80 times fewer than before. "
    "The bound does not hold for dense graphs."
)
MARKDOWN = f"""# A title

## Abstract

{ABSTRACT}

## 1 Introduction

However, the main problem remains: little is known about the number of rounds. The sky is blue over there today.

## 4 Results

Our method outperforms all others on 12 benchmarks and improves accuracy by 5.1 points.

## 5 Limitations

Our proof does not hold for graphs of unbounded degree, which we leave to future work.

## References

1. We propose a new method that is better than all others, and show that it works.
"""


def test_sentences_are_found_with_their_roles_and_places() -> None:
    spans = role_spans(MARKDOWN)
    found = [(span.level, span.role, MARKDOWN[span.start : span.end]) for span in spans]
    assert (1, "method", "We propose a new *method* that counts walks of length $k$ [@x].") in found
    assert (1, "limitation", "The bound does not hold for dense graphs.") in found
    limit = "Our proof does not hold for graphs of unbounded degree, which we leave to future work."
    assert (2, "limitation", limit) in found
    assert any(level == 2 and role == "problem" and text.startswith("However") for level, role, text in found)
    assert not any("sky" in text or "it works" in text for _, _, text in found)


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_spans_lie_in_the_text_and_apart(first: str, second: str) -> None:
    markdown = f"## Abstract\n\n{first}\n\n## Limitations\n\n{second}\n\n{ABSTRACT}\n"
    end = 0
    for span in role_spans(markdown):
        assert end <= span.start < span.end <= len(markdown)
        end = span.end


async def test_the_roles_of_a_stored_text_are_answered(tmp_path: object) -> None:
    data: DataFolder = seed(tmp_path)  # type: ignore[arg-type]
    store_written_summary(data)
    bus = FakeBus()
    register_roles(bus, DocumentStore(data))
    answer = bus.responders[SentenceRoles]
    assert (await answer(SentenceRoles(paper_id=GRAPHS, version=1))).spans
    assert "not stored" in (await answer(SentenceRoles(paper_id=GRAPHS, version=7))).problem


def test_what_classifies_a_paper_is_no_sentence_of_its_abstract() -> None:
    said = "We propose a new method for graphs. It improves accuracy by 20 percent on all of them."
    for more in ("2010 Mathematics Subject Classification. Primary 20G42. Secondary 17B37.", "Keywords: graphs. Sets."):
        text = f"# T\n\n## Abstract\n\n{said}\n\n{more}\n"
        assert {text[span.start : span.end] for span in role_spans(text)} <= set(said.replace(". ", ".\n").splitlines())
        assert len(role_spans(text)) == 2


def test_a_summary_that_comes_first_is_the_abstract_and_a_comment_in_code_is_none() -> None:
    said = "We propose a new method for graphs. It improves accuracy by 20 percent on all of them."
    assert {span.level for span in role_spans(f"# T\n\n## Summary\n\n{said}\n")} == {1}
    last = "# T\n\n## A\n\nWords.\n\n## B\n\nWords.\n\n## Summary\n\n"
    assert 1 not in {span.level for span in role_spans(f"{last}{said}\n")}
    code = "# T\n\n```\n# Abstract\nx = 1\n```\n\n"
    assert 1 not in {span.level for span in role_spans(f"{code}{said}\n")}
