"""Settings of language models: a default one, named ones, one for each step; prices and secrets."""

from pathlib import Path
from typing import Any

import pytest

from shared.errors import SettingsError
from shared.settings.secret_files import exposed_secrets
from shared.settings.sections.language_models import DEFAULT, LanguageModelSettings, LlmSettings
from shared.settings.settings import CommonSettings, load_settings

CLOUD, OWN = "https://api.example.com/v1", "http://127.0.0.1:11434/v1"
TWO = f'[llm]\nbase_url = "{CLOUD}"\nmodel = "large"\n[llm.models.own]\nbase_url = "{OWN}"\nmodel = "qwen"\n'


def load(folder: Path, text: str, **environment: str) -> LlmSettings:
    path = folder / "papersys.toml"
    path.write_text(text)
    return load_settings(CommonSettings, path, environment).llm


def test_the_plain_keys_are_the_default_model_and_steps_name_others(tmp_path: Path) -> None:
    llm = load(tmp_path, TWO + '[llm.steps]\ntag = "own"\n')
    assert {name: model.model for name, model in llm.usable.items()} == {DEFAULT: "large", "own": "qwen"}
    assert [llm.model_of(step) for step in ("extract", "tag", "link", "try")] == [DEFAULT, "own", DEFAULT, DEFAULT]


def test_a_repair_is_asked_of_the_model_that_extracted(tmp_path: Path) -> None:
    llm = load(tmp_path, TWO + '[llm.steps]\nextract = "own"\n')
    assert llm.model_of("repair") == "own"
    assert load(tmp_path, TWO + '[llm.steps]\nextract = "own"\nrepair = "default"\n').model_of("repair") == DEFAULT


def test_without_plain_keys_the_first_table_is_the_default(tmp_path: Path) -> None:
    llm = load(tmp_path, f'[llm.models.b]\nbase_url = "{OWN}"\nmodel = "x"\n[llm.models.a]\nbase_url = "{OWN}"\n')
    assert llm.model_of("extract") == "b"
    assert LlmSettings().model_of("extract") is None


def test_a_table_takes_over_the_server_and_its_key_but_a_key_goes_to_no_other_server(tmp_path: Path) -> None:
    shared = f'[llm]\nbase_url = "{CLOUD}"\nmodel = "large"\nsilence_seconds = 7\n[llm.models.small]\nmodel = "small"\n'
    llm = load(tmp_path, shared + f'[llm.models.own]\nbase_url = "{OWN}"\nmodel = "q"\n', PAPERSYS_LLM__API_KEY="k1")
    small, own = llm.usable["small"], llm.usable["own"]
    assert (small.base_url, small.key(), small.silence_seconds) == (CLOUD, "k1", 7.0)
    assert (own.key(), own.silence_seconds) == ("none", 7.0)
    with_key = load(tmp_path, shared, PAPERSYS_LLM__API_KEY="k1", PAPERSYS_LLM__MODELS__SMALL__API_KEY="k2")
    assert (with_key.usable["small"].key(), with_key.usable[DEFAULT].key()) == ("k2", "k1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[llm.models.own]\nmodle = "x"\n', "did you mean llm.models.own.model?"),
        (TWO + '[llm.steps]\ntag = "onw"\n', "no table [llm.models.onw]; did you mean 'own'?"),
        ('[llm.steps]\ntag = "own"\n', "there are: none"),
        ('[llm.steps]\ntags = "own"\n', "did you mean llm.steps.tag?"),
        ('[llm.models.own]\napi_key = "hunter2"\n', "PAPERSYS_LLM__MODELS__OWN__API_KEY"),
        ('[llm.models.default]\nmodel = "x"\n', "cannot be the name of a model"),
        ("[llm]\nprice_per_million_input = -1\n", "llm.price_per_million_input"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, text)
    assert says in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_misspelt_variable_of_a_named_model_is_told_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean PAPERSYS_LLM__MODELS__OWN__API_KEY"):
        load(tmp_path, TWO, PAPERSYS_LLM__MODELS__OWN__API_KYE="hunter2")


def test_a_key_file_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    (tmp_path / "key").chmod(0o644)
    llm = load(tmp_path, TWO + f'api_key_file = "{tmp_path / "key"}"\n')
    assert any("llm.models.own.api_key_file" in sentence for sentence in exposed_secrets(CommonSettings(llm=llm)))


def test_the_old_time_limit_still_means_both_of_todays(tmp_path: Path) -> None:
    default = load(tmp_path, f'[llm]\nbase_url = "{CLOUD}"\nmodel = "m"\ntimeout_seconds = 30\n').usable[DEFAULT]
    assert (default.silence_seconds, default.first_token_seconds) == (30.0, 30.0)
    text = f'[llm]\nbase_url = "{CLOUD}"\nmodel = "m"\ntimeout_seconds = 30\nfirst_token_seconds = 90\n'
    mixed = load(tmp_path, text).usable[DEFAULT]
    assert (mixed.silence_seconds, mixed.first_token_seconds) == (30.0, 90.0)


def model(**values: Any) -> LanguageModelSettings:
    return LanguageModelSettings.model_validate(values)


@pytest.mark.parametrize(
    ("prices", "cost"),
    [
        ({}, None),
        ({"price_per_million_input": 1.0}, None),
        ({"price_per_million_input": 0.0, "price_per_million_output": 0.0}, 0.0),
        ({"price_per_million_input": 1.0, "price_per_million_output": 10.0}, 3.0),
        (
            {
                "price_per_million_input": 1.0,
                "price_per_million_cached_input": 0.25,
                "price_per_million_output": 10.0,
            },
            2.4,
        ),
    ],
)
def test_a_price_that_is_not_set_is_unknown_and_never_nothing(prices: dict[str, float], cost: float | None) -> None:
    assert model(**prices).cost(1_000_000, 200_000, 800_000) == cost


@pytest.mark.parametrize(
    ("base_url", "most"),
    [
        (OWN, 1),
        ("http://localhost:1234/v1", 1),
        ("http://[::1]:8080/v1", 1),
        ("http://host.docker.internal:11434/v1", 1),
        (CLOUD, 4),
        ("http://192.168.1.9:8000/v1", 4),
        ("http://[", 4),
    ],
)
def test_a_server_on_this_machine_gets_one_call_at_once(base_url: str, most: int) -> None:
    assert model(base_url=base_url).most_calls == most
    assert model(base_url=base_url, calls_at_once=9).most_calls == 9
