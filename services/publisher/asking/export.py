"""An answer as a Markdown file: the question, the answer, its citations word for word, and BibTeX of the papers."""

from collections.abc import Mapping

from services.publisher.outlets.exports.bibtex import ARXIV, bibtex_of
from shared.contracts import Citation, ResearchResult
from shared.store.papers.metadata import Paper
from shared.text.safe.plain_text import harmless
from shared.text.safe.safe_markdown import safe_markdown
from shared.text.wording.corpora import corpus_text

_MODES = {"llm": "written by a model from the papers, each citation looked up", "extractive": "sentences of the papers"}


def answer_markdown(result: ResearchResult, papers: Mapping[str, Paper], arxiv: str = ARXIV) -> str:
    """The whole file; `papers` are those that are stored, by id."""
    parts = [f"# {_line(result.question)}", _facts(result), safe_markdown(harmless(result.answer))]
    parts += _listed("What was not found", [gap.text for gap in result.gaps])
    parts += _listed("Where papers disagree", [_numbered(one.text, one.citations) for one in result.disagreements])
    parts += ["## Citations", *map(_citation, result.citations)] if result.citations else []
    discoveries = [
        f"{one.title} ({one.paper_id or one.doi})" if one.paper_id or one.doi else one.title
        for one in result.discoveries
    ]
    parts += _listed("Cited papers that were not asked", discoveries)
    cited = dict.fromkeys(citation.paper_id for citation in result.citations)
    entries = bibtex_of([papers[paper_id] for paper_id in cited if paper_id in papers], arxiv)
    parts += ["## BibTeX", f"```bibtex\n{entries.replace('```', '')}```"] if entries else []
    return "\n\n".join(parts) + "\n"


def file_name(result: ResearchResult) -> str:
    """As in `answer-20261106T120000.md`."""
    return f"answer-{result.trace_id[:15]}.md"


def _facts(result: ResearchResult) -> str:
    models = f", by {', '.join(result.models)}" if result.models else ""
    confidence = f"confidence {result.confidence.value:.0%}"
    asked = f"{result.asked_at:%Y-%m-%d}, asked of: {corpus_text(result.corpus)}"
    return f"_{_line(f'{asked}; {_MODES[result.mode]}{models}; {confidence}')}_"


def _citation(citation: Citation) -> str:
    places = (citation.locator or citation.section, f"page {citation.page}" if citation.page else "")
    place = ", ".join(filter(None, places))
    words = "\n".join(f"> {line}".rstrip() for line in safe_markdown(harmless(citation.raw_excerpt)).splitlines())
    where = f"[{citation.number}] {_line(citation.title)}, {_line(place)}. {citation.url or citation.paper_id}"
    return f"{where}\n\n{words}"


def _listed(title: str, texts: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {_line(text)}" for text in texts)] if texts else []


def _numbered(text: str, numbers: tuple[int, ...]) -> str:
    return " ".join([text, *(f"[{number}]" for number in numbers if f"[{number}]" not in text)])


def _line(text: str) -> str:
    return " ".join(safe_markdown(harmless(text)).split())
