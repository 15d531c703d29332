"""The normal form of a tag: what spellings of one tag have in common, and what tells two tags apart.

Case, hyphens, plurals, British spelling and `classification of images` make no difference; digits and the signs of
`C++`, `C#`, `A*` and `.NET` do. The forms are for comparing, not for reading.
"""

import re
import unicodedata
from functools import lru_cache

Words = tuple[str, ...]

_SIGNS = re.compile(r"(?<![^\W_])([^\W\d_]+)([+#*]+)(?![^\W_])")
_DOT_NET = re.compile(r"(?<![^\W_])\.net\b")
_DOT_IN_NAME = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])|(?<=\d)\.(?=js\b)")
_VERSION = re.compile(r"(?<![^\W\d_])v(?=\d)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_NAME_AND_NUMBER = re.compile(r"(?<![^\W_])([^\W\d_]{2,})(\d+(?:\.\d+)*)(?![^\W_])")
_ZERO = re.compile(r"(\d)(?:\.0)+(?![.\d])")
_APOSTROPHES = re.compile("[’'`´]")
_WORD = re.compile(r"[^\W_]+(?:\.\d+)*[+#*]*")
_GREEK = {
    letter: unicodedata.name(letter).rsplit(" ", 1)[-1].casefold().replace("lamda", "lambda")
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
}
_MOST_CHARS = 300
_OTHER_LETTERS = re.compile("[\u0400-\u1cff\u2c00-\ua71f\ua800-\ufaff\ufb1d-\ufeff\uff66-\uffdc\U00020000-\U0003ffff]")
"""Of scripts other than Latin and Greek: Cyrillic, Arabic, Indic scripts, Chinese, Japanese, Korean ..."""

_IRREGULAR = {
    "analyses": "analysis", "bases": "base", "children": "child", "corpora": "corpus", "crises": "crisis",
    "criteria": "criterion", "data": "data", "diagnoses": "diagnosis", "feet": "foot", "formulae": "formula",
    "foci": "focus", "fungi": "fungus", "genera": "genus", "halves": "half", "hypotheses": "hypothesis",
    "indices": "index", "indexes": "index", "kinematics": "kinematics", "knives": "knife", "lattices": "lattice",
    "leaves": "leaf", "lemmata": "lemma", "lives": "life", "loci": "locus", "maxima": "maximum", "matrices": "matrix",
    "men": "man", "metastases": "metastasis", "mice": "mouse", "minima": "minimum", "momenta": "momentum",
    "nebulae": "nebula", "nuclei": "nucleus", "optima": "optimum", "parentheses": "parenthesis", "people": "person",
    "phenomena": "phenomenon", "polyhedra": "polyhedron", "quanta": "quantum", "radii": "radius", "schemata": "schema",
    "spectra": "spectrum", "stimuli": "stimulus", "strata": "stratum", "supernovae": "supernova", "novae": "nova",
    "syntheses": "synthesis", "tori": "torus", "vertices": "vertex", "women": "woman", "wolves": "wolf",
    "simplices": "simplex", "automata": "automaton", "bacteria": "bacterium", "media": "medium", "axes": "axis",
    "theses": "thesis", "maria": "mare", "antennae": "antenna", "ephemerides": "ephemeris", "coronae": "corona",
    "umbrae": "umbra", "penumbrae": "penumbra", "algae": "alga", "larvae": "larva", "apices": "apex",
    "moduli": "modulus", "faculae": "facula", "maculae": "macula",
}  # fmt: skip
_NO_PLURALS_TEXT = """
    alias always arcgis atlas aws bias bitos bonus boss bus canvas chaos christmas cosmos dbms dns ecs ethos gas genus
    gps https ios iris jboss jenkins jss keras kubernetes lens less loess lotus macos mars messaging news nexus os osmos
    pandas pathos perhaps plus postgres process rails redis rss sales sass series species status sws synapsis texas this
    tls tos travis venus virus windows ws apis wordpress press access cms css
    """
_NO_PLURALS = frozenset(_NO_PLURALS_TEXT.split())
_KEPT_ENDINGS = ("ss", "us", "is", "ics", "js")
_SINGLE: dict[str, str] = {
    "tyre": "tire", "mould": "mold", "plough": "plow", "sceptic": "skeptic", "ageing": "aging",
    "judgement": "judgment", "draught": "draft", "cheque": "check",
}  # fmt: skip
_BRITISH = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"^(col|behavi|neighb|tum|vap|lab|fav|harb|rum|hon|hum|flav|arm|od|sav)our", r"\1or"),
        (r"^(cent|fib|met|lit|theat|calib|lust|spect|tit|sab|och)re$", r"\1er"),
        (r"(kilo|centi|milli|micro|nano|giga|mega)metre$", r"\1meter"),
        (r"(catal|dial|anal|epil|prol)ogue$", r"\1og"),
        (r"^(.{3,})is(e|ed|er|ing|ation)$", r"\1iz\2"),
        (r"ys(e|ed|er|ing)$", r"yz\1"),
        (r"^(.{4,})ll(ing|ed|er)$", r"\1l\2"),
        (r"^(h|an|leuk|isch|hyperglyc|hypoglyc)aem", r"\1em"),
        (r"^(arch|pal)aeo", r"\1eo"),
        (r"^(o|f)e(?=tus|strog)", "e"),
        (r"paed", "ped"),
        (r"aesth", "esth"),
        (r"sulph", "sulf"),
        (r"^(def|off|pret)ence$", r"\1ense"),
        (r"^licence$", "license"),
        (r"^programme$", "program"),
        (r"^aluminium$", "aluminum"),
        (r"^artefact$", "artifact"),
        (r"^grey$", "gray"),
        (r"disc$", "disk"),
        (r"^(tyre|mould|plough|sceptic|ageing|judgement|draught|cheque)$", lambda match: _SINGLE[match[1]]),
    )
)
_OF_THEIR_OWN_TEXT = """
    bag body center chain coefficient degree depth field figure frame freedom internet law leave line loss mixture
    moment order out point power proof quality rate region root set sign state sum system time tree type unit
    """
_OF_THEIR_OWN = frozenset(_OF_THEIR_OWN_TEXT.split())
"""`point of interest` is no `interest point`: what is `of` something under these names keeps its order."""


@lru_cache(maxsize=65_536)
def tag_words(tag: str) -> Words:
    """The words of a tag in their normal form and order; none where it has no letters or digits.

    `A of B` is read as `B A`.
    """
    text = unicodedata.normalize("NFKC", tag[:_MOST_CHARS]).replace("_", " ").casefold()
    text = "".join(_GREEK.get(char, char) for char in text)
    text = _without_accents(_DOT_NET.sub("dotnet", text))
    text = _APOSTROPHES.sub("", _DOT_IN_NAME.sub("", text)).replace("&", " and ")
    words = _WORD.findall(_NAME_AND_NUMBER.sub(r"\1 \2", _ZERO.sub(r"\1", _VERSION.sub("", text))))
    plain = [normal_word(word) if _SIGNS.fullmatch(word) is None else word for word in map(_without_odd_signs, words)]
    return tuple(word for word in _reordered([word for word in plain if word]) if word not in ("the", "and"))


@lru_cache(maxsize=65_536)
def tag_key(tag: str) -> str:
    """The normal form as one word, the same for all spellings of a tag; empty where there is nothing to spell."""
    return join_words(tag_words(tag))


def join_words(words: Words) -> str:
    """Words without a gap, so that `data base` is `database`; but `gpt 3 5` is not `gpt 35`."""
    key = ""
    for word in words:
        key += f".{word}" if key[-1:].isdigit() and word[:1].isdigit() else word
    return _ZERO.sub(r"\1", key)


@lru_cache(maxsize=65_536)
def normal_word(word: str) -> str:
    """One lower-case word in the singular and in American spelling."""
    word = singular(word)
    for pattern, american in _BRITISH:
        changed = pattern.sub(american, word)
        if changed != word:
            return changed
    return word


def singular(word: str) -> str:
    """The singular of an English noun; of what is none, something that only its own plural shares."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word in _NO_PLURALS or word.endswith(_KEPT_ENDINGS):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "xes", "zzes", "tches", "nches", "rches")):
        return word[:-2]
    return word[:-2] if word in ("lenses", "biases", "aliases", "buses", "gases", "viruses", "statuses") else word[:-1]


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f"))


def _without_odd_signs(word: str) -> str:
    """A sign after a longer word is decoration; after one or two letters it is part of a name."""
    return word if len(word.rstrip("+#*")) <= 2 or word.endswith("++") else word.rstrip("+#*")


def _reordered(words: list[str]) -> list[str]:
    if words.count("of") != 1:
        return words
    at = words.index("of")
    head, rest = words[:at], [word for word in words[at + 1 :] if word != "the"]
    if not head or not rest or head[-1] in _OF_THEIR_OWN:
        return words
    return [*rest, *head]


def has_other_letters(text: str) -> bool:
    """Whether a text has letters that are neither Latin nor Greek; what is made for English knows none of them."""
    return _OTHER_LETTERS.search(text) is not None
