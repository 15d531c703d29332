"""A summary that a model wrote, with everything a page can show of it, and the document it was made from."""
# ruff: noqa: E501 (texts of papers)

from services.summarizer.evidence.places import Places
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.summaries import (
    AbstractRole,
    Claim,
    FieldValue,
    MadeBy,
    Quote,
    Summary,
    SummaryStore,
    Usage,
    Verification,
)
from tests.support.folders.seed import GRAPHS, NOON, paper

SECTIONS = [
    Section(
        title="1 Introduction",
        level=1,
        text="Earlier bounds on the number of rounds grow as $\\sqrt{n}$, which is **far too slow** for networks of a "
        "million nodes [@smith2020]. See [our code](https://example.org/code) for details.\n\n- Rounds are expensive.\n- "
        "Memory is not.",
    ),
    Section(
        title="2 Method",
        level=1,
        text="We count walks of length $k$ and bound their number by a recursion over the *core* of the graph.\n\n$$\n"
        "W_k \\le d \\cdot W_{k-1}\n$$\n\n```python\nfor walk in walks:  # <b>not HTML</b>\n    count(walk)\n```",
    ),
    Section(
        title="3 Results",
        level=1,
        text="Message passing needs only 12 rounds on graphs with a million nodes, against 1,000 rounds before.\n\n| n | "
        "rounds |\n|---|---|\n| 1,000 | 6 |\n| 1,000,000 | 12 |",
    ),
    Section(title="4 Limitations", level=1, text="The proof holds for random graphs of bounded degree only."),
]
MARKDOWN = "# Message passing\n\n" + "\n\n".join(f"## {part.title}\n\n{part.text}" for part in SECTIONS) + "\n"
ODDITY = (
    "Section “2 Method” has text that seems to make a model drop its instructions: “Ignore all previous instructions”."
)


def quote(text: str, section: str) -> Quote:
    """A quote with its place."""
    place = Places(MARKDOWN).find(text, section)
    assert place is not None
    return Quote(text=text, section=section, start=place.start, end=place.end)


def written_summary(language: str = "en") -> Summary:
    """Of GRAPHS: every default field, a weak claim, a claim with two quotes, and one whose quote was not found."""
    rounds = quote("Message passing needs only 12 rounds on graphs with a million nodes", "3 Results")
    slow = quote("Earlier bounds on the number of rounds grow as $\\sqrt{n}$, which is far too slow", "1 Introduction")
    walks = quote("We count walks of length $k$ and bound their number by a recursion over the core", "2 Method")
    fields = (
        FieldValue(name="problem", claims=(Claim(text="Known bounds of $\\sqrt{n}$ rounds are too slow.", quotes=(slow,)),)),
        FieldValue(name="method", claims=(Claim(text="Walks of length $k$ are counted by recursion.", quotes=(walks, slow)),)),
        FieldValue(
            name="experiment",
            claims=(
                Claim(
                    text="Experiments ran on eight GPUs.",
                    quotes=(Quote(text="we ran all experiments on eight GPUs", found=False),),
                    weak="its quote is not in the text",
                ),
            ),
        ),
        FieldValue(
            name="result",
            claims=(
                Claim(text="Twelve rounds suffice for a million nodes.", quotes=(rounds,)),
                Claim(text="This is 100 times faster.", quotes=(rounds,), weak="“100 times” is not in its quote"),
            ),
        ),
        FieldValue(name="limitations"),
        FieldValue(name="further_thoughts", evidence=False, claims=(Claim(text="It may carry over to *directed* graphs."),)),
        FieldValue(
            name="institutions",
            kind="list",
            evidence=False,
            claims=(Claim(text="University of Lund"), Claim(text="Institute of Graphs")),
        ),
        FieldValue(
            name="one_sentence_summary",
            claims=(Claim(text="Message passing on sparse graphs needs only about $\\log n$ rounds.", quotes=(rounds,)),),
        ),
    )  # fmt: skip
    abstract = paper(GRAPHS).abstract
    first = abstract.index(". ") + 1
    return Summary(
        paper_id=GRAPHS,
        version=1,
        mode="llm",
        reading="full_text",
        fields=fields,
        tags=("Graph neural networks",),
        oddities=(ODDITY,),
        abstract_roles=(
            AbstractRole(start=0, end=first, role="problem"),
            AbstractRole(start=abstract.index("Although"), end=abstract.index("$$"), role="result"),
        ),
        verification=Verification(claims=6, weak=2, quotes=7, found=6, unchecked=6 if language == "zh" else 0),
        usage=Usage(calls=2, input_tokens=18_240, cached_tokens=9_000, output_tokens=812),
        made_at=NOON,
        made_by=MadeBy(
            event_id="e", model="qwen2.5-7b-instruct", language=language, document_version=1, document_route="latex"
        ),
    )


def store_written_summary(data: DataFolder, summary: Summary | None = None) -> None:
    """The summary in place of the seeded one, and the document."""
    SummaryStore(data).put(summary or written_summary())
    record = DocumentRecord(
        paper_id=GRAPHS, version=1, status="converted", route="latex", grade="good", words=5120, made_at=NOON
    )
    DocumentStore(data).put(record, MARKDOWN, SECTIONS)
