"""The adapter to marker, an extra: PDFs with formulas and tables, read by models, in a process of its own.

`python -m services.fetcher.documents.engines.marker FILE` writes Markdown to standard output. https://github.com/datalab-to/marker
"""

import importlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import Bounds, python_paths, show_code

_MEMORY_MB = 24_000
_CORES = 16


def is_installed() -> bool:
    return importlib.util.find_spec("marker") is not None


def is_usable() -> bool:
    """Whether it is here and can be confined: what reads the PDF is no Python, but native code."""
    return is_installed() and fences.confines()


def readable() -> tuple[Path, ...]:
    """Where its models lie. It has no network: they must be there before (marker's `marker_single` fetches them)."""
    caches = Path.home() / ".cache"
    names = ("datalab", "huggingface", "torch")
    return (*(caches / name for name in names), Path("/sys")) if is_installed() else ()


def devices() -> tuple[str, ...]:
    """Graphics cards."""
    cards = (*Path("/dev").glob("nvidia*"), *Path("/dev").glob("dri"), *Path("/dev").glob("kfd"))
    return tuple(sorted(map(str, cards))) if is_installed() else ()


def environment() -> tuple[tuple[str, str], ...]:
    """Its libraries look for their caches in HOME."""
    return (("HOME", str(Path.home())), ("HF_HUB_OFFLINE", "1")) if is_installed() else ()


def to_markdown(content: bytes, *, seconds: float) -> tuple[str | None, str]:
    """Markdown of a PDF, or None and the reason: models that are not there, too little time or memory."""
    with tempfile.TemporaryDirectory(prefix="papersys-marker-") as name:
        folder = Path(name)
        (folder / "paper.pdf").write_bytes(content)
        try:
            ended = fences.run(
                [sys.executable, "-P", "-m", "services.fetcher.documents.engines.marker", "paper.pdf"],
                _bounds(folder, seconds),
            )
        except subprocess.TimeoutExpired:
            return None, f"marker took over {seconds:.0f} s"
        except OSError as error:
            return None, f"marker cannot be started ({error})"
    message = " ".join(ended.messages.strip().splitlines()[-1:])[:150]
    text = ended.out.decode("utf-8", "replace")
    if ended.code != 0 or not text.strip():
        return None, f"marker failed ({message or f'code {ended.code}'})"
    return text, ""


def _bounds(folder: Path, seconds: float) -> Bounds:
    return Bounds(
        folder,
        (*python_paths(), *readable()),
        max(1.0, seconds),
        _MEMORY_MB,
        devices=devices(),
        environment=(show_code(folder), *environment()),
        cores=_CORES,
    )


def main() -> None:
    converters = importlib.import_module("marker.converters.pdf")
    models = importlib.import_module("marker.models")
    output = importlib.import_module("marker.output")
    rendered = converters.PdfConverter(artifact_dict=models.create_model_dict())(sys.argv[1])
    text, _, _ = output.text_from_rendered(rendered)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
