"""How quick language models are, measured once by a trial: `state/llm-speeds.json`. Written by the summarizer."""

import json
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.store.files.data_folder import DataFolder

PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS = 8_000, 1_000
"""What a paper takes, until the ledger knows better: its text as far as it is read, the fields and their quotes."""
_LEAST_SECONDS = 1e-3


@dataclass(frozen=True)
class TimedCall:
    """Tokens that were read (not from a cache) and written, and the seconds it took."""

    read: int
    written: int
    seconds: float


class ModelSpeed(BaseModel):
    """What a trial found: tokens read and written a second, and the form of the answer (`schema`, `json`, `text`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str
    read_per_second: float
    written_per_second: float
    form: str = ""
    measured_at: AwareDatetime

    def seconds(self, input_tokens: float, output_tokens: float) -> float:
        """About how long a call takes, or several together."""
        return input_tokens / self.read_per_second + output_tokens / self.written_per_second


def speeds(reading: TimedCall, writing: TimedCall) -> tuple[float, float]:
    """Tokens read and written a second, where a call takes `read / x + written / y` seconds.

    Two calls tell both, one that mainly reads and one that mainly writes; where they do not (waits of a network), each
    speed is what its own call shows at least.
    """
    determinant = reading.read * writing.written - writing.read * reading.written
    if determinant > 0:
        a_read = (reading.seconds * writing.written - writing.seconds * reading.written) / determinant
        a_written = (writing.seconds * reading.read - reading.seconds * writing.read) / determinant
        if a_read > 0 and a_written > 0:
            return 1 / a_read, 1 / a_written
    return _rate(reading.read, reading.seconds), _rate(writing.written, writing.seconds)


def _rate(tokens: int, seconds: float) -> float:
    return max(tokens, 1) / max(seconds, _LEAST_SECONDS)


_TABLE = TypeAdapter(dict[str, ModelSpeed])


class ModelSpeeds:
    """The last measurement of each model at each server."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def of(self, place: str, model: str) -> ModelSpeed | None:
        """Of a model at a server's address, or of a file; None where nothing was measured."""
        return self._read().get(_name(place, model))

    def put(self, place: str, speed: ModelSpeed) -> None:
        """Raises TemporaryFailure when the disk is full."""
        with self._data.lock("llm-speeds"):
            table = {**self._read(), _name(place, speed.model): speed}
            text = json.dumps(_TABLE.dump_python(table, mode="json"), indent=1) + "\n"
            self._data.write_text(self._data.path("state", "llm-speeds.json"), text)

    def _read(self) -> dict[str, ModelSpeed]:
        """A file that cannot be read counts as none: everything in it can be measured again."""
        try:
            return _TABLE.validate_json(self._data.path("state", "llm-speeds.json").read_bytes())
        except (OSError, ValidationError):
            return {}


def _name(place: str, model: str) -> str:
    return f"{place.rstrip('/')} {model}"
