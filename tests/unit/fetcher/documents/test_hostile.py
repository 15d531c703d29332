# ruff: noqa: E501 (a source stands in one line)
"""What wants to harm: refused or survived within the limits, with a reason."""

import gzip
import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.fetcher.commands.conversion import convert
from services.fetcher.documents.conversion import Budget, convert_html
from services.fetcher.documents.formulas.katex_formulas import ready_formula
from services.fetcher.documents.latex.main_file import find_main
from services.fetcher.documents.latex.manuscript import read_manuscript
from services.fetcher.documents.markdown import clean_markdown, sections_of
from services.fetcher.documents.sources.eprint import Limits, Source, SourceRefused, is_binary, open_source
from services.fetcher.documents.tex.parts import plain_markdown
from services.fetcher.documents.tex.repair import balanced

pytestmark = pytest.mark.attack

PARTS = st.sampled_from((
    "\\begin{", "\\end{", "equation}", "document}", "{", "}", "[", "]", "$", "$$", "\\", "\\\\", "%", "\n", "\n\n", "#1", "##",
    "\\def\\a", "\\a", "\\newcommand{\\a}[1]", "\\newcommand\\b[2][x]", "\\b", "\\let\\a\\b", "\\input{x}", "\\verb|", "&",
    "\\ifx", "\\iffalse", "\\newif\\ifq", "\\ifq", "\\else", "\\fi", "\\caption{", "figure}", "\\label{a}", "\\left(", "\\right", "^",
    "_", "\\frac", "\\text{", "\\cases{", "\\cr", "\\documentclass{article}", "\\section{", "\\ce{", "word ", "é", "\0", "\\over",
    "\\newenvironment{e}{", "e}", "\\begin{e}", "\\ensuremath{", "\\footnote{", "\\bibitem{", "\\abstract", "\\title{", "\\today",
))  # fmt: skip


@settings(max_examples=150, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, max_size=60))
def test_any_sequence_of_tex_is_read_without_an_error_and_in_time(parts: list[str]) -> None:
    text = "".join(parts)
    source = Source(files={"main.tex": b"\\documentclass{a}" + text.encode(), "x.tex": text.encode()})
    manuscript = read_manuscript(source.files)
    assert (manuscript is None) == is_binary(source.files["main.tex"])
    assert manuscript is None or manuscript.document(manuscript.body, safe_only=True)
    plain_markdown(text)
    sections_of(clean_markdown(text))


@settings(max_examples=200, deadline=1_000)
@given(st.lists(PARTS, max_size=40))
@example(["\\begin{", "{", "equation}"])
@example(["\\begi}n{array}{cc}a"])
@example(["\\begi" * 30, "}n{a}" * 30])
def test_what_is_repaired_is_balanced_and_a_ready_formula_has_matching_braces(parts: list[str]) -> None:
    once = balanced("".join(parts))
    assert balanced(once) == once
    ready = ready_formula("".join(parts).replace("$", ""), is_display=True)
    plain = ready.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    assert plain.count("{") == plain.count("}")


@settings(max_examples=150, deadline=2_000)
@given(
    st.binary(max_size=3_000),
    st.sampled_from((b"", b"\x1f\x8b\x08\x00", b"%PDF-1.4\n", b"<html>", b"PK\x03\x04", b"\\documentclass{a}")),
)
def test_random_bytes_are_something_or_refused_with_a_reason(body: bytes, start: bytes) -> None:
    reasons: list[str] = []
    for content in (start + body, gzip.compress(start + body)):
        try:
            source = open_source(content)
        except SourceRefused as refusal:
            reasons.append(str(refusal))
            continue
        if source.files:
            find_main(source.files)
            read_manuscript(source.files)
    assert all(reasons)


@pytest.mark.proof
def test_a_hundred_thousand_members_are_refused_in_time(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number in range(100_000):
            archive.addfile(tarfile.TarInfo(f"{number}.tex"))
    started = time.monotonic()
    with pytest.raises(SourceRefused, match="members") as refused:
        open_source(gzip.compress(packed.getvalue(), 1), Limits(ratio=100_000))
    assert refused.value.status == "hostile"
    assert time.monotonic() - started < 20


def test_a_pdf_of_500_mb_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    os.truncate(path, 500 * 1024**2)
    outcome = convert(path)
    assert (outcome.status, "60 MB" in outcome.detail) == ("too_large", True)


def test_an_office_file_with_an_entity_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "paper.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + b"0" * 30_000_000)
    outcome = convert(path)
    assert (outcome.status, "Office" in outcome.detail) == ("unreadable", True)


def test_entities_of_a_page_are_not_multiplied() -> None:
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    words = " ".join(f"word{number} the" for number in range(80))
    page = f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a0 'boom'>{entities}]><html><body><p>{words} &a11;</p></body></html>"
    started = time.monotonic()
    outcome = convert_html(page.encode(), Budget(time.monotonic() + 20, 1_000))
    assert len(outcome.markdown) < 10_000
    assert time.monotonic() - started < 10
