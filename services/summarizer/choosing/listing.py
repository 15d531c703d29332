"""Every language model that can be chosen: those of the settings, the own one, and those found on this machine."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from services.summarizer.own_model.endpoint import running_endpoint
from services.summarizer.own_model.hub import hub_of
from services.summarizer.own_model.model_file import ModelFile
from services.summarizer.own_model.program import find_server_program
from shared.errors import PapersysError, SettingsError
from shared.hosts.model_server import FoundServer, models_at
from shared.settings.sections.language_models import LanguageModelSettings
from shared.settings.sections.own_model import model_name
from shared.settings.settings import LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.speeds import PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS, ModelSpeeds

STEPS = ("extract", "repair", "tag", "link", "ask", "translate")
OWN = "own"


@dataclass(frozen=True)
class ListedModel:
    """One model. `problem` says why it does not answer; empty where it does."""

    name: str
    model: str
    place: str
    source: str
    in_use: bool = False
    problem: str = ""
    seconds_a_paper: float | None = None
    form: str = ""

    @property
    def answers(self) -> bool:
        return not self.problem


def list_models(llm: LlmSettings, data: DataFolder, found: Sequence[FoundServer]) -> list[ListedModel]:
    """Those of the settings first, each asked whether it answers; then those found that the settings do not name."""
    own = [_own(llm, data)] if llm.gguf else []
    with ThreadPoolExecutor(8) as threads:
        configured = list(threads.map(lambda item: _configured(item[0], item[1], llm), llm.usable.items()))
    known = {(listed.place, listed.model) for listed in configured}
    others = [listed for listed in _found(found) if (listed.place, listed.model) not in known]
    speeds = ModelSpeeds(data)
    return [_with_speed(listed, speeds) for listed in (*own, *configured, *others)]


def _configured(name: str, model: LanguageModelSettings, llm: LlmSettings) -> ListedModel:
    place = str(model.base_url)
    problem = _problem(lambda: _check(place, model.model, model.key()))
    return ListedModel(name, model.model, place, "settings", _is_in_use(name, llm), problem)


def _is_in_use(name: str, llm: LlmSettings) -> bool:
    return llm.gguf is None and any(llm.model_of(step) == name for step in STEPS)


def _check(place: str, model: str, key: str) -> None:
    names = models_at(place, key)
    if model not in names and not any(other.partition(":")[0] == model for other in names):
        shown = ", ".join(names[:5])
        raise PapersysError(f"{place} answers, but has no model {model!r}; it has {shown}")


def _own(llm: LlmSettings, data: DataFolder) -> ListedModel:
    gguf = llm.gguf or ""
    listed = ListedModel(OWN, model_name(gguf), gguf, "llm.gguf", in_use=True)
    if running_endpoint(data, gguf) is not None:
        return listed
    problem = _problem(lambda: find_server_program()) or ModelFile(gguf, hub_of(llm.hub_url), data).note()
    return replace(listed, problem=problem or "")


def _found(servers: Sequence[FoundServer]) -> list[ListedModel]:
    return [
        ListedModel(model, model, server.address, f"found: {server.kind}")
        for server in servers
        for model in server.models
    ]


def _with_speed(listed: ListedModel, speeds: ModelSpeeds) -> ListedModel:
    speed = speeds.of(listed.place, listed.model)
    if speed is None:
        return listed
    seconds = speed.seconds(PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS)
    return replace(listed, seconds_a_paper=round(seconds, 1), form=speed.form)


def _problem(check: Callable[[], object]) -> str:
    try:
        check()
    except (PapersysError, SettingsError) as error:
        return str(error)
    return ""
