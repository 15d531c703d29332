"""The adapter to marker, an extra: PDFs with formulas and tables, read by models, in a process of its own.

`python -m services.fetcher.documents.marker FILE` writes Markdown to standard output. https://github.com/datalab-to/marker
"""

import importlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from services.fetcher.documents.pandoc import limited

_MEMORY_MB = 24_000


def is_installed() -> bool:
    return importlib.util.find_spec("marker") is not None


def to_markdown(content: bytes, *, seconds: float) -> tuple[str | None, str]:
    """Markdown of a PDF, or None and the reason: models that are not there, too little time or memory."""
    with tempfile.TemporaryDirectory(prefix="papersys-marker-") as folder:
        path = Path(folder, "paper.pdf")
        path.write_bytes(content)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "services.fetcher.documents.marker", str(path)],
                cwd=Path(__file__).resolve().parents[3],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=max(1.0, seconds),
                preexec_fn=limited(16 * seconds, _MEMORY_MB),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None, f"marker took over {seconds:.0f} s"
    said = " ".join(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:])[:150]
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 or not text.strip():
        return None, f"marker failed ({said or f'code {done.returncode}'})"
    return text, ""


def main() -> None:
    converters = importlib.import_module("marker.converters.pdf")
    models = importlib.import_module("marker.models")
    output = importlib.import_module("marker.output")
    rendered = converters.PdfConverter(artifact_dict=models.create_model_dict())(sys.argv[1])
    text, _, _ = output.text_from_rendered(rendered)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
