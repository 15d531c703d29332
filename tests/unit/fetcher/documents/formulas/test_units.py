import pytest

from services.fetcher.documents.formulas.units import chemical, number, unit, with_units_as_formulas


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("H2O", r"\mathrm{H_{2}O}"),
        ("SO4^2-", r"\mathrm{SO_{4}^{2-}}"),
        ("2H2 + O2 -> 2H2O", r"\mathrm{2H_{2} + O_{2}  \rightarrow  2H_{2}O}"),
        ("A <=> B", r"\mathrm{A  \rightleftharpoons  B}"),
        ("A ->[heat] B", r"\mathrm{A  \xrightarrow{heat}  B}"),
    ],
)
def test_a_chemical_formula_has_indices_charges_and_arrows(formula: str, expected: str) -> None:
    assert chemical(formula) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("3.5e3", r"3.5 \times 10^{3}"), ("3 +- 1", r"3 \pm 1"), ("2x3", r"2 \times 3")]
)
def test_a_number_has_its_power_of_ten_and_its_error(text: str, expected: str) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"\kilo\metre\per\second", r"\mathrm{km/s}"), ("m~s", r"\mathrm{m\,s}"), (r"\foo", r"\mathrm{foo}")],
)
def test_a_unit_is_upright_and_short(text: str, expected: str) -> None:
    assert unit(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (r"Heat at \SI{4}{\kelvin} and \si{\percent}", r"Heat at $4\,\mathrm{K}$ and $\mathrm{\%}$"),
        (r"\qty[x=y]{1e3}{\GeV}", r"$1 \times 10^{3}\,\mathrm{GeV}$"),
        ("Plain", "Plain"),
    ],
)
def test_quantities_in_a_title_become_formulas(title: str, expected: str) -> None:
    assert with_units_as_formulas(title) == expected
