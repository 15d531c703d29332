"""From a source to Markdown, sections, references and a judgement; the best of several attempts wins."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from services.fetcher.documents.engines import html, latexml, marker, pandoc, pdf
from services.fetcher.documents.engines.pdf_pages import page_starts
from services.fetcher.documents.formulas.units import with_units_as_formulas
from services.fetcher.documents.latex.body import with_commands_unwrapped
from services.fetcher.documents.latex.manuscript import Manuscript, read_as_written, read_manuscript
from services.fetcher.documents.markdown import clean_markdown, document_markdown, sections_of, with_code
from services.fetcher.documents.quality import Expected, Quality, judge_latex, judge_page, judge_pages
from services.fetcher.documents.sources.eprint import Source, SourceRefused
from services.fetcher.documents.sources.growth import room_for_pages, room_for_result
from services.fetcher.documents.structure.references import plain_references, read_references
from services.fetcher.documents.tex.parts import chunks_of, paragraphs_of, plain_markdown, sections_in
from services.fetcher.documents.tex.plain import NOT_TEXT, formulas_in, plain_text, words_of
from services.fetcher.documents.tex.scan import without_environments
from shared.contracts import DocumentStatus
from shared.store.papers.documents import Caption, Reference, Section, safe_caption, safe_reference, safe_section
from shared.text.safe.safe_markdown import safe_markdown

_ATTEMPT_SECONDS = 20.0
_CHUNK_SECONDS = 6.0
_LATEXML_SECONDS = 35.0
_MARKER_SECONDS = 55.0
_REFUSED_MACROS = 6


class Converted(BaseModel):
    """The outcome; the texts are empty unless `status` is `converted`."""

    model_config = ConfigDict(frozen=True)

    status: DocumentStatus
    route: str | None = None
    grade: str | None = None
    detail: str = ""
    tried: tuple[str, ...] = ()
    words: int = 0
    word_share: float | None = None
    stray_commands_per_1000_words: float | None = None
    unbalanced_math: int = 0
    formulas: int = 0
    submission: str | None = None
    captions: tuple[Caption, ...] = ()
    page_starts: tuple[int, ...] = ()
    markdown: str = ""
    sections: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Budget:
    """Until when to convert (time.monotonic), how much memory a program may take, how many characters it may make."""

    deadline: float
    memory_mb: int
    room: int = 20_000_000

    def seconds(self, at_most: float) -> float:
        return min(at_most, self.deadline - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self.deadline - time.monotonic() < 0.5


@dataclass(frozen=True)
class Attempt:
    """One way of converting and what came of it."""

    name: str
    markdown: str
    quality: Quality


def convert_source(source: Source, budget: Budget) -> Converted:
    """Convert whatever the source is. Raises SourceRefused where there is no text in it."""
    if source.pdf is not None:
        outcome = convert_pdf(source.pdf, budget)
        return outcome.model_copy(update={"submission": "pdf"})
    if source.html is not None:
        return convert_html(source.html, budget).model_copy(update={"submission": "html"})
    manuscript = read_manuscript(source.files)
    if manuscript is None:
        raise SourceRefused("unreadable", "the source has no main TeX file")
    return convert_latex(manuscript, budget, source.files)


def convert_latex(manuscript: Manuscript, budget: Budget, files: Mapping[str, bytes]) -> Converted:
    """Pandoc on the whole, then with fewer definitions, then part by part, then plain words: till one is good."""
    source_text = plain_text(without_environments(manuscript.body, NOT_TEXT), keep_math=False)
    if len(words_of(source_text)) < 5:
        raise SourceRefused("unreadable", f"{manuscript.main} has no text")
    expected = Expected(source_text, sections_in(manuscript.body), formulas_in(manuscript.body), manuscript.reading)
    budget = replace(budget, room=room_for_result(len(manuscript.body)))
    attempts: list[Attempt] = []
    tried: list[str] = []
    for name, markdown in _attempts(manuscript, files, budget, attempts):
        if markdown is None:
            tried.append(f"latex, {name}")
            continue
        markdown = with_code(markdown, manuscript.listings)
        is_plain = name == "plain words"
        headings = sum(bool(section.title) for section in sections_of(markdown))
        quality = judge_latex(markdown, expected, headings, is_plain=is_plain)
        attempts.append(Attempt(name, markdown, quality))
        tried.append(f"latex, {name}: {quality.grade} ({quality.why})")
        if quality.grade == "good":
            break
    if not attempts:
        raise SourceRefused("unreadable", "; ".join(tried))
    best = max(attempts, key=lambda attempt: attempt.quality.rank)
    references = read_references(manuscript.listings.as_plain_text(manuscript.bibliography))
    title = " ".join(plain_text(with_units_as_formulas(re.sub(r"\\\\", " ", manuscript.title))).split())
    title = manuscript.listings.as_plain_text(title)
    outcome = _converted("latex", best, tuple(tried), title, references)
    captions = tuple(safe_caption(caption) for caption in manuscript.captions)
    return outcome.model_copy(update={"captions": captions, "submission": "tex"})


def convert_html(content: bytes, budget: Budget) -> Converted:
    """A page: arXiv's own, or a paper that was submitted as HTML. Raises SourceRefused."""
    page = html.read_page(content)
    markdown, problem = _page_markdown(page, replace(budget, room=room_for_result(len(content))))
    headings = sum(bool(section.title) for section in sections_of(markdown))
    is_latexml = html.is_latexml(content)
    quality = judge_page(markdown, html.words(page), headings, page.errors, is_latexml=is_latexml)
    if quality.grade == "bad":
        raise SourceRefused("html_only", problem or f"the page does not look like a paper: {quality.why}")
    attempt = Attempt("LaTeXML's page" if is_latexml else "pandoc", markdown, quality)
    tried = (f"html: {quality.grade} ({quality.why})",)
    outcome = _converted("html", attempt, tried, page.title, page.references)
    return outcome.model_copy(update={"captions": tuple(safe_caption(caption) for caption in page.captions)})


def _page_markdown(page: html.HtmlPage, budget: Budget) -> tuple[str, str]:
    answer = _in_room(
        pandoc.to_markdown(
            page.html, "html+tex_math_dollars", seconds=budget.seconds(_ATTEMPT_SECONDS), memory_mb=budget.memory_mb
        ),
        budget,
    )
    return html.with_dollars(clean_markdown(answer.markdown or "")), answer.problem


def convert_pdf(content: bytes, budget: Budget) -> Converted:
    """The text of a PDF: by marker where it is installed, else as the PDF has it. Raises SourceRefused."""
    page_texts = pdf.pages_of(content)
    markdown = pdf.to_markdown(page_texts)
    attempt = Attempt("pypdf", markdown, judge_pages(markdown, len(page_texts)))
    tried = [f"pdf, pypdf: {attempt.quality.grade} ({attempt.quality.why})"]
    if marker.is_usable():
        by_marker, problem = marker.to_markdown(content, seconds=budget.seconds(_MARKER_SECONDS))
        quality = judge_pages(by_marker or "", len(page_texts))
        tried.append(f"pdf, marker: {problem or f'{quality.grade} ({quality.why})'}")
        if by_marker is not None and quality.grade != "bad" and len(by_marker) <= room_for_pages(len(content)):
            attempt = Attempt("marker", clean_markdown(by_marker), quality)
    if attempt.quality.words == 0:
        raise SourceRefused("unreadable", "the PDF has no text layer")
    references = plain_references(pdf.reference_lines(markdown))
    outcome = _converted("pdf", attempt, tuple(tried), "", references, listed=False)
    return outcome.model_copy(update={"page_starts": page_starts(outcome.markdown, page_texts)})


def _attempts(
    manuscript: Manuscript, files: Mapping[str, bytes], budget: Budget, so_far: list[Attempt]
) -> Iterator[tuple[str, str | None]]:
    """Name and Markdown of each attempt; None where it failed, with the reason in its name."""
    yield _attempt("pandoc", _whole(manuscript, budget, safe_only=False))
    if any(attempt.quality.grade == "good" for attempt in so_far):
        return
    as_written = read_as_written(files, manuscript.main)
    for name, safe_only in (("pandoc with its own macros", False), ("pandoc with the plain definitions only", True)):
        yield _attempt(name, _whole(as_written, budget, safe_only=safe_only))
    if latexml.is_usable() and not any(attempt.quality.grade == "good" for attempt in so_far):
        yield _by_latexml(manuscript, budget)
    if not any(attempt.quality.grade != "bad" for attempt in so_far):
        yield "pandoc part by part", clean_markdown(_by_parts(manuscript, budget))
    if not any(attempt.quality.grade != "bad" for attempt in so_far):
        yield "plain words", plain_markdown(manuscript.body)


def _by_latexml(manuscript: Manuscript, budget: Budget) -> tuple[str, str | None]:
    if budget.is_over:
        return "LaTeXML: no time left", None
    seconds = budget.seconds(_LATEXML_SECONDS)
    page = latexml.to_html(manuscript.body, manuscript.theorems, seconds=seconds, memory_mb=budget.memory_mb)
    if isinstance(page, str):
        return page, None
    markdown, problem = _page_markdown(html.read_page(page), budget)
    return ("LaTeXML", markdown) if markdown.strip() else (f"LaTeXML's page: {problem}", None)


def _attempt(name: str, answer: pandoc.PandocAnswer) -> tuple[str, str | None]:
    if answer.markdown is None:
        return f"{name}: {answer.problem}", None
    return name, clean_markdown(answer.markdown)


def _whole(manuscript: Manuscript, budget: Budget, *, safe_only: bool) -> pandoc.PandocAnswer:
    """One run, again without each definition that pandoc refuses, and again where it left out commands with text."""
    answer = _run(manuscript.document(manuscript.body, safe_only=safe_only), budget, _ATTEMPT_SECONDS)
    for _ in range(_REFUSED_MACROS):
        fewer = manuscript.without_macro_at(answer.line, safe_only=safe_only) if answer.line else None
        if fewer is None:
            break
        manuscript = fewer
        answer = _run(manuscript.document(manuscript.body, safe_only=safe_only), budget, _ATTEMPT_SECONDS)
    body = with_commands_unwrapped(manuscript.body, set(answer.skipped))
    if answer.markdown is None or body == manuscript.body:
        return answer
    again = _run(manuscript.document(body, safe_only=safe_only), budget, _ATTEMPT_SECONDS)
    return again if again.markdown is not None else answer


def _by_parts(manuscript: Manuscript, budget: Budget) -> str:
    """Each part by pandoc where it can, its paragraphs where it cannot, and plain words for what is left."""
    out: list[str] = []
    for chunk in chunks_of(manuscript.body):
        answer = _run(manuscript.document(chunk, safe_only=True), budget, _CHUNK_SECONDS)
        if answer.markdown is not None:
            out.append(answer.markdown)
            continue
        for paragraph in paragraphs_of(chunk):
            part = _run(manuscript.document(paragraph, safe_only=True), budget, _CHUNK_SECONDS)
            out.append(part.markdown if part.markdown is not None else plain_markdown(paragraph))
    return "\n\n".join(out)


def _run(document: str, budget: Budget, at_most: float) -> pandoc.PandocAnswer:
    if budget.is_over:
        return pandoc.PandocAnswer(None, "no time left")
    answer = pandoc.to_markdown(document, "latex", seconds=budget.seconds(at_most), memory_mb=budget.memory_mb)
    return _in_room(answer, budget)


def _in_room(answer: pandoc.PandocAnswer, budget: Budget) -> pandoc.PandocAnswer:
    """What outgrew its source without measure is no result: spans, padding or macros made most of it."""
    if len(answer.markdown or "") <= budget.room:
        return answer
    return pandoc.PandocAnswer(None, f"the result grew to over {budget.room // 1000} kB", answer.skipped)


def _converted(
    route: str,
    best: Attempt,
    tried: tuple[str, ...],
    title: str,
    references: tuple[Reference, ...],
    *,
    listed: bool = True,
) -> Converted:
    sections = [safe_section(section) for section in sections_of(best.markdown)]
    references = tuple(safe_reference(reference) for reference in references)
    return Converted(
        status="converted",
        route=route,
        grade=best.quality.grade,
        detail=f"{best.name}: {best.quality.why}",
        tried=tried,
        words=best.quality.words,
        word_share=best.quality.word_share,
        stray_commands_per_1000_words=round(best.quality.stray_per_1000_words, 2),
        unbalanced_math=best.quality.unbalanced_math,
        formulas=best.quality.formulas,
        markdown=safe_markdown(document_markdown(title, sections, references if listed else ())),
        sections=tuple(sections),
        references=references,
    )
