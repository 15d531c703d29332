"""The model that papersys runs by itself (`llm.gguf`), as the launcher sees it: a port, a key, and who asks where."""

import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.services import OWN_MODEL_PROCESS, OWN_MODEL_WINDOW
from deploy.setup.secrets import ensure_secret
from shared.hosts.addresses import free_loopback_port
from shared.settings.sections.own_model import model_name
from shared.settings.settings import LlmSettings
from shared.store.files.data_folder import DataFolder

_KEY = "PAPERSYS_LLM__API_KEY"
"""A key of another server, which the own model must not be asked with."""
_WINDOW = "PAPERSYS_LLM__CONTEXT_TOKENS"


@dataclass(frozen=True)
class OwnModel:
    """Where the own model will answer, on loopback, and the file with its key."""

    name: str
    port: int
    key_file: Path
    window: int | None = None

    @property
    def command(self) -> tuple[str, ...]:
        options = ("--port", str(self.port), "--key-file", str(self.key_file))
        return (sys.executable, "-m", OWN_MODEL_PROCESS, *options)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Of its process, which takes the window that the others are told."""
        return environment if self.window is None else {**environment, _WINDOW: str(self.window)}

    def environment_of_those_who_ask(self, environment: dict[str, str]) -> dict[str, str]:
        """For them it is a server like any other, and costs nothing."""
        return {
            **{name: text for name, text in self.environment(environment).items() if name != _KEY},
            "PAPERSYS_LLM__GGUF": "",
            "PAPERSYS_LLM__BASE_URL": f"http://127.0.0.1:{self.port}/v1",
            "PAPERSYS_LLM__MODEL": self.name,
            "PAPERSYS_LLM__API_KEY_FILE": str(self.key_file),
            "PAPERSYS_LLM__PRICE_PER_MILLION_INPUT": "0",
            "PAPERSYS_LLM__PRICE_PER_MILLION_OUTPUT": "0",
        }


def own_model_of(llm: LlmSettings, data: DataFolder) -> OwnModel | None:
    """None where the settings name none. Its key is made at first start."""
    if llm.gguf is None:
        return None
    key_file = data.path("state", "own-model.key")
    ensure_secret(key_file)
    window = OWN_MODEL_WINDOW.load()(llm, data)
    return OwnModel(model_name(llm.gguf), free_loopback_port(), key_file, window)
