"""What summaries of papers would take, before anything is asked: text, tokens, cost, seconds, and what caps allow.

Tokens are the mean of what the newest summaries took, with repairs, tags, links and names of results; before there are
some, a guess by the length of the text and of the tables that leave something open, a call each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.summarizer.choosing.reaching import as_served
from services.summarizer.llm.budget import Budget, Estimate
from services.summarizer.results.model_names import asked_size
from services.summarizer.results.step import tables_or_none
from services.summarizer.settings import Settings
from shared.settings.sections.language_models import LanguageModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.models.speeds import PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS, ModelSpeed, ModelSpeeds
from shared.store.models.usual_usage import usual_usage
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Reading, SummaryStore

_CHARS_A_TOKEN = 4
_PROMPT_TOKENS = 1_200
_TABLE_TOKENS, _COLUMN_TOKENS = (1_000, 300), 40
"""Input and output of the question about the tables of a paper whose text is not here; output for each column."""
_BY_MODEL: tuple[Reading, ...] = ("full_text", "abstract")


@dataclass(frozen=True)
class PaperText:
    """What is stored of a paper: characters of its text, None where it was not fetched yet.

    `naming` are input and output tokens of the question about its tables, where such questions are asked.
    """

    paper_id: str
    title: str
    abstract_chars: int
    text_chars: int | None
    naming: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Forecast:
    """One paper. `cost` is None where a price is unknown, `seconds` where nothing was measured."""

    paper_id: str
    title: str
    reading: Reading
    text: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float | None
    note: str = ""


def stored_texts(settings: Settings, data: DataFolder, paper_ids: Iterable[str]) -> list[PaperText]:
    """What is stored of these papers; nothing is fetched."""
    metadata, documents = MetadataStore(data), DocumentStore(data)
    ids = list(paper_ids)
    papers = metadata.get(ids)
    texts = []
    for paper_id in ids:
        record, paper = documents.record(paper_id), papers.get(paper_id)
        text = documents.sections(paper_id, record.version) if record is not None else None
        texts.append(
            PaperText(
                paper_id,
                " ".join(paper.title.split()) if paper else "",
                len(paper.abstract) if paper else 0,
                None if text is None else sum(len(section.text) for section in text),
                _naming(documents, record) if settings.summarizer.name_results else (0, 0),
            )
        )
    return texts


def _naming(documents: DocumentStore, record: DocumentRecord | None) -> tuple[int, int]:
    if record is None:
        return _TABLE_TOKENS
    try:
        markdown = documents.markdown(record.paper_id, record.version)
    except OSError:
        return 0, 0
    chars, columns = asked_size(tables_or_none(record.paper_id, markdown, record.captions))
    return chars // _CHARS_A_TOKEN, columns * _COLUMN_TOKENS


def forecasts(settings: Settings, data: DataFolder, texts: Sequence[PaperText]) -> list[Forecast]:
    """One for each paper, in this order; each counts as spent for those after it."""
    llm = as_served(settings.llm)
    budget = Budget(llm, Ledger(data))
    name = llm.model_of("extract")
    model = llm.usable.get(name or "")
    speed = ModelSpeeds(data).of(settings.llm.gguf or str(model.base_url), model.model) if model is not None else None
    usual = {reading: _usual(data, reading) for reading in _BY_MODEL}
    before, listed = Estimate(0, 0), []
    for text in texts:
        full = usual["full_text"] or _full(text, llm.max_input_chars)
        abstract = usual["abstract"] or _abstract(text)
        reading, why = budget.reading(_sum(before, full), _sum(before, abstract))
        likely = {"full_text": full, "abstract": abstract, "extractive": Estimate(0, 0)}[reading]
        before = _sum(before, likely)
        listed.append(_forecast(text, reading, why, likely, model, speed, llm.max_input_chars))
    return listed


def _forecast(
    text: PaperText,
    reading: Reading,
    why: str,
    likely: Estimate,
    model: LanguageModelSettings | None,
    speed: ModelSpeed | None,
    most_chars: int,
) -> Forecast:
    tokens = (likely.input_tokens, likely.output_tokens)
    free = model is None or reading == "extractive"
    return Forecast(
        paper_id=text.paper_id,
        title=text.title,
        reading=reading,
        text=_in_words(text, reading, most_chars),
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=0.0 if model is None or free else model.cost(*tokens),
        seconds=None if speed is None or free else round(speed.seconds(*tokens), 1),
        note=why,
    )


def _in_words(text: PaperText, reading: Reading, most_chars: int) -> str:
    """What would be read."""
    if reading == "abstract":
        return f"abstract ({text.abstract_chars:,} characters)"
    if text.text_chars is None:
        return "full text, not fetched yet (a usual length is assumed)"
    if reading == "full_text" and text.text_chars > most_chars:
        return f"{most_chars:,} of {text.text_chars:,} characters (llm.max_input_chars)"
    return f"full text ({text.text_chars:,} characters)"


def _usual(data: DataFolder, reading: Reading) -> Estimate | None:
    """What papers that were read in this way took in the mean; None where too few were."""
    usage = usual_usage(SummaryStore(data), reading)
    return Estimate(usage.input_tokens, usage.output_tokens) if usage else None


def _full(text: PaperText, most_chars: int) -> Estimate:
    chars = PAPER_INPUT_TOKENS * _CHARS_A_TOKEN if text.text_chars is None else text.text_chars + text.abstract_chars
    asked, answered = text.naming
    return Estimate(_PROMPT_TOKENS + min(chars, most_chars) // _CHARS_A_TOKEN + asked, PAPER_OUTPUT_TOKENS + answered)


def _abstract(text: PaperText) -> Estimate:
    return Estimate(_PROMPT_TOKENS + text.abstract_chars // _CHARS_A_TOKEN, PAPER_OUTPUT_TOKENS)


def _sum(one: Estimate, other: Estimate) -> Estimate:
    return Estimate(one.input_tokens + other.input_tokens, one.output_tokens + other.output_tokens)
