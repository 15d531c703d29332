# ruff: noqa: E501 (a source stands in one line)
"""A real LaTeXML, pandoc and the whole conversion on sources that name files of this machine, behind each fence."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import show_code
from services.fetcher.confinement.launching import Fence
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for
from services.fetcher.documents.engines import latexml, marker, pandoc
from tests.support.arxiv.demo import demo_settings
from tests.support.checks.confinement import SECRET, WORDS

pytestmark = pytest.mark.attack


HOSTILE = (
    r"\input{%s}", r"\input %s ", r"\InputIfFileExists{%s}{}{}", r"\include{%s}", r"\subfile{%s}",
    r"\openin1=%s \read1 to \x \x", r"\newread\f\openin\f=%s \loop\read\f to \x \x\ifeof\f\else\repeat", r"\usepackage{%s}",
    r"\RequirePackage{%s}", r"\bibliography{%s}", r"\includegraphics{%s}", r"\lstinputlisting{%s}", r"\verbatiminput{%s}",
    r"\VerbatimInput{%s}", r"\csname input\endcsname{%s}", r"\expandafter\input\expandafter{%s}", r"\makeatletter\@@input %s ",
    r"\makeatletter\@input{%s}", r"\input{|cat %s}", r"\input{|""cat %s""}", r"\immediate\write18{cat %s > out.tex}\input{out}", r"\import{/}{%s}",
    r"\LoadClass{%s}", r"\documentclass{%s}", r"\bibdata{%s}", r"\IfFileExists{%s}{sesame}{}\input{%s}", r"\DeclareInputText\input{%s}",
    r"\pdffiledump offset 0 length 999 {%s}", r"\lxDocumentID{x}\lxRequireResource{%s}", r"\ProcessOptions\InputIfFileExists{%s}{a}{b}",
    r"\begin{input}{%s}\end{input}",
)  # fmt: skip


@pytest.mark.proof
@pytest.mark.skipif(not latexml.is_installed(), reason="LaTeXML is not installed")
@pytest.mark.parametrize(
    "place",
    [
        "%s",
        pytest.param("../../../../../../../../..%s", marks=pytest.mark.slow),
        pytest.param("/proc/self/environ", marks=pytest.mark.slow),
        "/proc/PARENT/environ",
    ],
)
def test_latexml_behind_a_fence_reads_no_file_by_any_command(place: str, fence: Fence, secret: Path) -> None:
    """Without the list of forbidden commands: the fence alone. One document, because LaTeXML is slow to start."""
    target = place.replace("%s", str(secret)).replace("PARENT", str(os.getpid()))
    lines = "".join(f"\n\nword {hostile.replace('%s', target)} word" for hostile in HOSTILE)
    tex = rf"\documentclass{{article}}\usepackage{{listings,verbatim}}\begin{{document}}before {lines} afterall\end{{document}}"
    page = latexml.page_of(tex, seconds=120, memory_mb=2_000)
    if page == "LaTeXML ended with code 1: ":  # seen once, on a crowded machine: no page, so nothing to look at
        page = latexml.page_of(tex, seconds=120, memory_mb=2_000)
    assert isinstance(page, bytes), page
    assert b"before" in page
    assert b"afterall" in page
    assert SECRET.encode() not in page
    assert b"PAPERSYS" not in page


@pytest.mark.skipif(not latexml.is_installed(), reason="LaTeXML is not installed")
@pytest.mark.parametrize("hostile", [r"\input{%s}", r"\InputIfFileExists{%s}{}{}", r"\begin{input}{%s}\end{input}"])
def test_the_hostile_commands_do_read_without_a_fence(
    hostile: str, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tests above forbid is possible: else they would show nothing."""
    monkeypatch.setattr(fences, "available_fence", lambda: None)
    monkeypatch.setattr(fences, "confines", lambda: True)
    document = rf"\documentclass{{article}}\begin{{document}}before {hostile % secret}\end{{document}}"
    page = latexml.page_of(document, seconds=60, memory_mb=2_000)
    assert isinstance(page, bytes)
    assert SECRET.encode() in page


@pytest.mark.parametrize("hostile", [r"\input{%s}", r"\include{%s}", r"\lstinputlisting{%s}", r"\bibliography{%s}"])
def test_pandoc_reads_no_file_that_a_source_names(hostile: str, fence: Fence, secret: Path) -> None:
    document = rf"\documentclass{{article}}\begin{{document}}before {hostile % secret} after\end{{document}}"
    answer = pandoc.to_markdown(document, "latex", seconds=30, memory_mb=2_000)
    assert SECRET not in (answer.markdown or "") + answer.problem


def test_a_whole_conversion_shows_no_file_of_this_machine(fence: Fence, secret: Path, tmp_path: Path) -> None:
    """The commands that once passed the list, in a source that pandoc refuses."""
    hostile = (r"\InputIfFileExists{%s}{}{}", r"\begin{input}{%s}\end{input}", r"\input{%s}", r"\usepackage{%s}")
    named = " ".join(one.replace("%s", place) for one in hostile for place in (str(secret), "/proc/self/environ"))
    source = tmp_path / "paper.tex"
    source.write_text(
        rf"\documentclass{{article}}\begin{{document}}\section{{One}}{named} It costs \verb x five x. {WORDS}\end{{document}}"
    )
    outcome = converted(source)
    assert outcome.status == "converted"
    assert SECRET not in outcome.model_dump_json()
    assert any("LaTeXML" in said for said in outcome.tried) or not latexml.is_installed()


@pytest.mark.proof
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_in_an_archive_leads_to_no_file(kind: bytes, fence: Fence, secret: Path, tmp_path: Path) -> None:
    for target in (str(secret), "../outside/secret.tex", "outside/secret.tex"):
        outcome = converted(archive_with_link(tmp_path / "paper.tar", target, kind))
        assert outcome.status == ("converted" if target.startswith("outside") else "hostile")
        assert SECRET not in outcome.model_dump_json()


def test_links_in_a_folder_of_sources_lead_to_no_file(fence: Fence, secret: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "main.tex").write_text(rf"\documentclass{{article}}\begin{{document}}{WORDS}\input{{x}}\end{{document}}")
    (folder / "x.tex").symlink_to(secret)
    outcome = converted(folder)
    assert outcome.status == "converted"
    assert SECRET not in outcome.model_dump_json()


def converted(path: Path) -> Converted:
    return Converter().convert(job_for(path, demo_settings(converter_seconds=60)))


def archive_with_link(path: Path, target: str, kind: bytes) -> Path:
    content = rf"\documentclass{{article}}\begin{{document}}{WORDS}\input{{x}}\end{{document}}".encode()
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("main.tex")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("x.tex")
        link.type, link.linkname = kind, target
        archive.addfile(link)
    return path


def test_a_conversion_leaves_nothing_behind(fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    source = tmp_path / "paper.tex"
    source.write_text(rf"\documentclass{{article}}\begin{{document}}\section{{One}}{WORDS}\end{{document}}")
    assert converted(source).status == "converted"
    assert list(scratch.iterdir()) == []


MARKER = {
    "converters/pdf.py": "class PdfConverter:\n    def __init__(self, artifact_dict): pass\n    def __call__(self, path): return open(path, 'rb').read()",
    "models.py": "def create_model_dict(): return {}",
    "output.py": """
import os
def text_from_rendered(rendered):
    said = [rendered.decode()]
    for place in (%r, "/proc/%d/environ"):
        try:
            said.append(open(place).read())
        except OSError as error:
            said.append(type(error).__name__)
    return " ".join(said) + " " + " ".join(sorted(os.environ)), None, None
""",
}


def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    names = (f"papersys-convert-{gone.pid}-x", f"papersys-convert-{os.getpid()}-x", "papersys-convert-notes", "other")
    for name in names:
        (tmp_path / name).mkdir()
    Converter()
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


def test_marker_reads_the_paper_and_nothing_else(fence: Fence, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that stands in for it, because its models do not come with it."""

    def show_code_and_a_marker(folder: Path) -> tuple[str, str]:
        for name, content in {"__init__.py": "", "converters/__init__.py": "", **MARKER}.items():
            path = folder / "marker" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content % (str(secret), os.getpid()) if "%r" in content else content)
        return show_code(folder)

    monkeypatch.setattr("services.fetcher.documents.engines.marker.show_code", show_code_and_a_marker)
    text, problem = marker.to_markdown(b"the paper", seconds=60)
    assert text is not None, problem
    assert text.startswith("the paper ")
    assert text.count("Error") == 2
    assert SECRET not in text
    assert "PAPERSYS" not in text
