"""The settings with what a replay of the summarizer tries, and those that new papers need once it is accepted."""

from pathlib import Path
from typing import Literal

from pydantic import JsonValue, ValidationError

from services.summarizer.choosing.reaching import as_served
from services.summarizer.settings import Settings, SummarizerSettings
from shared.errors import PapersysError
from shared.settings.sections.language_models import LlmSettings
from shared.store.keeping.replays import ReplayRequest

ReplayedStep = Literal["extract", "tag", "link"]
"""The step of the agent whose model a replay may change."""


def changed_settings(settings: Settings, request: ReplayRequest, step: ReplayedStep) -> Settings:
    """The settings that a request asks for. Raises PapersysError that names what is wrong."""
    changes = {**request.changes, **({"prompts": request.prompts} if request.prompts else {})}
    unknown = sorted(set(changes) - set(SummarizerSettings.model_fields))
    if unknown:
        raise PapersysError(f"[summarizer] has no setting {unknown[0]!r}; docs/settings.md lists them.")
    if request.prompts and not Path(request.prompts).is_dir():
        raise PapersysError(f"There is no folder {request.prompts} with prompts.")
    try:
        options = SummarizerSettings.model_validate({**settings.summarizer.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise PapersysError(f"summarizer.{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    llm = _with_model(settings.llm, request.model, step)
    _check_prices(llm, request, step)
    return settings.model_copy(update={"summarizer": options, "llm": llm})


def model_in_words(settings: Settings, step: ReplayedStep) -> str | None:
    """The model that answers a step, as its server calls it; None where there is none."""
    llm = as_served(settings.llm)
    model = llm.usable.get(llm.model_of(step) or "")
    return (model.model or llm.model_of(step)) if model else None


def adopted_settings(request: ReplayRequest, step: ReplayedStep) -> dict[str, JsonValue]:
    """The settings, by dotted key, that an accepted replay puts in force."""
    changes: dict[str, JsonValue] = {f"summarizer.{name}": value for name, value in request.changes.items()}
    if request.prompts:
        changes["summarizer.prompts"] = str(Path(request.prompts).resolve())
    return {**changes, **({f"llm.steps.{step}": request.model} if request.model else {})}


def _with_model(llm: LlmSettings, model: str, step: ReplayedStep) -> LlmSettings:
    if not model:
        return llm
    usable = as_served(llm).usable
    if model not in usable:
        names = ", ".join(usable) or "none"
        raise PapersysError(f"There is no language model {model!r} in [llm]; there are: {names}.")
    return llm.model_copy(update={"steps": llm.steps.model_copy(update={step: model})})


def _check_prices(llm: LlmSettings, request: ReplayRequest, step: ReplayedStep) -> None:
    """Raises PapersysError where a limit to the cost could not be kept."""
    served = as_served(llm)
    model = served.usable.get(served.model_of(step) or "")
    if request.most_cost is None or model is None:
        return
    if model.price_per_million_input is None or model.price_per_million_output is None:
        raise PapersysError("--most-cost cannot be kept without prices; set them in the model's table ([llm]).")
