"""The slim image installs all that papersys declares but what torch brings."""

import tomllib
from pathlib import Path

from deploy.container.slim_requirements import EXTRAS, WITHOUT, name_of, slim_requirements

ROOT = Path(__file__).parents[4]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_only_torch_and_what_runs_on_it_are_left_out() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = [*PROJECT["dependencies"], *(line for extra in EXTRAS for line in extras[extra])]
    assert set(declared) - set(slim_requirements(PROJECT)) == {line for line in declared if name_of(line) in WITHOUT}
    assert {name_of(line) for line in declared} >= WITHOUT, "what is left out was there"


def test_both_images_install_the_same_extras() -> None:
    assert f'".[{",".join(EXTRAS)}]"' in (ROOT / "Dockerfile").read_text()


def test_a_requirement_is_named_as_pypi_spells_it() -> None:
    lines = ("faststream[nats]>=0.7.8,<0.8", "torch", "Some_Thing==1 ; python_version<'4'")
    assert [name_of(line) for line in lines] == ["faststream", "torch", "some-thing"]
