"""Quantities and chemistry as siunitx and mhchem write them, in terms that KaTeX knows."""

import re


def chemical(formula: str) -> str:
    """`H2O` of mhchem as roman letters with indices."""
    text = re.sub(r"<=+>+|<-+>", r" \\rightleftharpoons ", formula.replace("$", ""))
    text = re.sub(
        r"-+>(?:\[([^\]]*)\])?", lambda match: rf" \xrightarrow{{{match[1]}}} " if match[1] else r" \rightarrow ", text
    )
    text = re.sub(r"\^\{?([\d]*[+-]|\d+)\}?", r"^{\1}", text)
    text = re.sub(r"(?<=[A-Za-z)\]])(\d+)", r"_{\1}", text)
    return rf"\mathrm{{{text}}}"


def number(text: str) -> str:
    """`3.5(2)e3 +- 1` with its power of ten and its error."""
    text = re.sub(r"\s*(?:\+-|\\pm)\s*", r" \\pm ", text)
    return re.sub(r"[eE]\{?([+-]?\d+)\}?", r" \\times 10^{\1}", text).replace("x", r" \times ")


_UNITS = {
    "metre": "m", "meter": "m", "second": "s", "kilogram": "kg", "gram": "g", "ampere": "A", "kelvin": "K",
    "mole": "mol",
    "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W", "coulomb": "C", "volt": "V",
    "farad": "F",
    "ohm": r"\Omega", "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H", "celsius": r"^{\circ}C",
    "degreeCelsius": r"^{\circ}C",
    "degree": r"^{\circ}", "percent": r"\%", "electronvolt": "eV", "eV": "eV", "angstrom": "Å", "minute": "min",
    "hour": "h", "day": "d",
    "bar": "bar", "liter": "L", "litre": "L", "radian": "rad", "steradian": "sr", "arcsecond": "''",
    "arcminute": "'", "decibel": "dB",
    "per": "/", "squared": "^{2}", "cubed": "^{3}", "square": "", "cubic": "", "kilo": "k", "mega": "M",
    "giga": "G", "tera": "T",
    "milli": "m", "micro": r"\mu ", "nano": "n", "pico": "p", "femto": "f", "centi": "c", "deci": "d",
    "atto": "a", "peta": "P",
    "byte": "B", "bit": "bit", "parsec": "pc", "GeV": "GeV", "MeV": "MeV", "keV": "keV", "TeV": "TeV", "tothe": "^",
}  # fmt: skip


def unit(text: str) -> str:
    r"""`\\kilo\\metre\\per\\second` as `km/s`, upright."""
    text = re.sub(r"\\([a-zA-Z]+)\s*", lambda match: _UNITS.get(match[1], match[1]), text)
    return rf"\mathrm{{{text.replace('~', chr(92) + ',')}}}"


_QUANTITY = re.compile(r"\\(?:SI|qty)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_UNIT_ALONE = re.compile(r"\\(?:si|unit)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")


def with_units_as_formulas(text: str) -> str:
    """A line of text, such as a title, with its quantities and units as formulas."""
    text = _QUANTITY.sub(lambda match: f"${number(match[1])}\\,{unit(match[2])}$", text)
    return _UNIT_ALONE.sub(lambda match: f"${unit(match[1])}$", text)
