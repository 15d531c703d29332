import pytest

from services.fetcher.documents.macros.expansion import Expander
from services.fetcher.documents.macros.packages import commands_of, loaded_packages


def test_packages_are_those_loaded_and_the_options_of_old_classes() -> None:
    preamble = r"\usepackage[x]{physics, siunitx}\documentstyle[12pt,mn]{mn}\RequirePackage{a}"
    assert loaded_packages(preamble) == {"physics", "siunitx", "12pt", "mn", "a"}


@pytest.mark.parametrize(
    ("package", "tex", "expected"),
    [
        ("physics", r"$\abs{x}\norm*{y}$", r"$\left|x\right|\left\|y\right\|$"),
        ("soul", r"\hl{a}", "a"),
        ("todonotes", r"a\todo[inline]{x}b", "ab"),
        ("changes", r"\replaced{new}{old}\deleted{x}", "new"),
        ("units", r"\unit[3]{m}", r"3\,$\mathrm{m}$"),
        ("nicefrac", r"\nicefrac{1}{2}", "$1/2$"),
        ("algorithm2e", r"\While{a}{b}", r"\par \textbf{while} a \textbf{do} b \par  "),
        ("mnras", r"5\arcsec \la 6", r"5$''$ $\lesssim$ 6"),
        ("article", r"\mathds{1}", r"\mathbb{1}"),
    ],
)
def test_the_commands_of_a_package_are_said_in_known_ones(package: str, tex: str, expected: str) -> None:
    assert Expander(commands_of({package})).expand(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\dv{x}", r"\frac{\mathrm{d}}{\mathrm{d}x}"),
        (r"\dv{f}{x}", r"\frac{\mathrm{d}f}{\mathrm{d}x}"),
        (r"\dv[2]{f}{x}", r"\frac{\mathrm{d}^{2}f}{\mathrm{d}x^{2}}"),
        (r"\pdv{t} \psi", r"\frac{\partial }{\partial t} \psi"),
        (r"\pdv{f}{x}{y}", r"\frac{\partial ^{2}f}{\partial x\partial y}"),
    ],
)
def test_derivatives_of_the_physics_package_have_all_their_forms(tex: str, expected: str) -> None:
    assert Expander(commands_of({"physics"})).expand(f"${tex}$") == f"${expected}$"


def test_short_names_of_astronomy_are_commands_only_in_its_classes() -> None:
    assert "la" in commands_of({"mnras"})
    assert "la" not in commands_of({"article"})
