"""How quick a model is, measured once and remembered."""

from datetime import UTC, datetime
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.models.speeds import ModelSpeed, ModelSpeeds

SPEED = ModelSpeed(
    model="m", read_per_second=50, written_per_second=10, form="schema", measured_at=datetime(2026, 11, 21, tzinfo=UTC)
)


def test_a_speed_is_remembered_for_its_server_and_model(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 1)
    ModelSpeeds(data).put("http://h/v1/", SPEED)
    ModelSpeeds(data).put("http://other/v1", SPEED.model_copy(update={"read_per_second": 1}))
    assert ModelSpeeds(data).of("http://h/v1", "m") == SPEED
    assert ModelSpeeds(data).of("http://h/v1", "n") is None


def test_the_time_of_a_paper_is_reading_and_writing() -> None:
    assert SPEED.seconds(1000, 100) == 30


def test_a_file_that_cannot_be_read_is_measured_anew(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 1)
    data.path("state").mkdir()
    data.path("state", "llm-speeds.json").write_text('{"x": 5')
    assert ModelSpeeds(data).of("http://h/v1", "m") is None
    ModelSpeeds(data).put("http://h/v1", SPEED)
    assert ModelSpeeds(data).of("http://h/v1", "m") == SPEED
