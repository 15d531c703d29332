"""What must never be taken for one thing, however near its vectors and letters are: opposites, numbers, codes, kinds.

Vectors of short phrases put opposites beside each other (`linear`, `nonlinear`), and `X-ray` beside `gamma-ray`.
"""

import re
from collections.abc import Collection

_OPPOSITES = """
linear nonlinear; forward backward; inverse direct; supervised unsupervised semisupervised selfsupervised; upper lower;
positive negative; local global; offline online; static dynamic; active passive; discrete continuous; strong weak;
hot cold warm; high low; long short; fast slow; large small; big small; near far; max min; maximum minimum; old young;
input output; encoder decoder; encoding decoding; encryption decryption; encrypt decrypt; compression decompression;
upload download; import export; read write; push pull; get set; get post; client server; frontend backend;
source target; left right; top bottom; horizontal vertical; row column; first second third; single double triple
multiple; binary ternary; unary binary; even odd; symmetric asymmetric; homogeneous heterogeneous; parallel serial
sequential; synchronous asynchronous; deterministic stochastic probabilistic; classical quantum; fermion boson;
matter antimatter; electron positron; proton neutron; attractive repulsive; elastic inelastic; local nonlocal;
convex concave nonconvex; parametric nonparametric; cooperative competitive; generative discriminative;
bottom up; ascending descending; prograde retrograde; absorption emission; internal external; inner outer;
north south east west; northern southern; solar lunar stellar galactic planetary terrestrial jovian martian;
sun moon; mercury venus earth mars jupiter saturn uranus neptune pluto; spiral elliptical irregular lenticular;
post pre; near far extreme; double multi; ultra;
red blue green yellow white black brown orange; dwarf giant supergiant subgiant hypergiant subdwarf;
x gamma cosmic radio; infrared ultraviolet optical visible microwave submillimeter radio;
gamma alpha beta delta; apparent absolute; photon neutrino; video image audio speech text; word sentence document;
character word; monocular stereo binocular; indoor outdoor; urban rural; male female; human animal; patient doctor;
regression classification; classification segmentation detection; clustering classification; precision recall;
true false; primary secondary; major minor; open closed; public private; lossy lossless; dense sparse; hard soft;
hardware software; host guest; master slave; buy sell; supply demand; micro macro; node edge; vertex edge; tree graph;
insert delete update; create destroy; add remove; start stop; begin end; odbc jdbc; stack queue; sum product;
integral derivative; theory experiment; mean median mode variance; prior posterior; train test; windows linux macos;
android ios; html xml json yaml; mysql postgresql sqlite oracle; python java ruby javascript php perl; http https;
checkbox radio; click hover; width height; key value; authentication authorization; inner outer left right;
ebook book; formation evolution dynamics kinematics structure; mass radius density temperature luminosity velocity;
distribution function; telescope satellite; reflection refraction; transmission reflection; rotation revolution;
perihelion aphelion; perigee apogee; periapsis apoapsis; pericenter apocenter; summer winter; spring autumn fall;
equinox solstice; sunrise sunset; dawn dusk; day night; star planet galaxy moon asteroid comet meteor;
"""
_PREFIXES = (
    "un", "non", "in", "im", "ir", "anti", "dis", "de", "a", "semi", "self", "multi", "uni", "bi", "tri", "sub",
    "super", "hyper", "hypo", "ultra", "pre", "post", "inter", "intra", "micro", "macro", "mono", "poly", "proto",
    "pseudo", "quasi", "extra", "circum", "trans", "cross", "co", "counter", "meta", "mega", "mini", "nano", "over",
    "under", "out", "re", "auto", "iso", "exo", "endo", "geo", "bio", "neuro", "para", "peri", "apo", "hetero", "homo",
)  # fmt: skip
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS.split())}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_DIGITS = re.compile(r"\d+(?:\.\d+)*")
_CLASS = re.compile(r"(?<=\w)i{1,3}$|(?<=\w)iv$")
"""The Roman number of `HII`."""
_NEGATIONS = frozenset({"not", "non", "no", "without", "anti"})
_CODE_LENGTH = 3


def _opposites() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(_OPPOSITES.split(";")):
        for word in group.split():
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


_GROUPS = _opposites()


def numbers_of(words: Collection[str]) -> list[str]:
    """The numbers that words name, in digits, sorted: `GPT 3`, `two`, `type iv`."""
    found = [_NUMBERS.get(word) or _ROMAN.get(word) for word in words]
    digits = [number for word in words for number in _DIGITS.findall(word)]
    return sorted([*digits, *(number for number in found if number)])


def must_differ(here: Collection[str], there: Collection[str]) -> bool:
    """Whether two tags, as words, mean different things for certain: by a number, a code, an opposite or a prefix.

    >>> must_differ(("supervised", "learning"), ("unsupervised", "learning"))
    True
    """
    ours, theirs = set(here) - set(there), set(there) - set(here)
    if numbers_of(here) != numbers_of(there):
        return True
    if (ours | theirs) & _NEGATIONS or _codes(here) != _codes(there):
        return True
    return any(are_opposites(one, other) for one in ours for other in theirs)


def is_one_of_several(word: str) -> bool:
    """Whether a word has opposites, or others that it is told apart from."""
    return word in _GROUPS


def are_opposites(one: str, other: str) -> bool:
    """Whether two words name different things of one kind, or one is the other with a prefix."""
    if _GROUPS.get(one, frozenset()) & _GROUPS.get(other, frozenset()) or _CLASS.sub("", one) == _CLASS.sub("", other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4 or longer == shorter or not longer.endswith(shorter[1:]):
        return False
    prefix = longer[: len(longer) - len(shorter)]
    return longer.endswith(shorter) and prefix in _PREFIXES


def _codes(words: Collection[str]) -> list[str]:
    """Words that are names of one kind among many: single letters, and short ones without a vowel."""
    return sorted(word for word in words if _is_code(word))


def _is_code(word: str) -> bool:
    if not any(map(str.isalpha, word)):
        return False
    short = len(word) <= _CODE_LENGTH and not set(word) & set("aeiouy")
    return len(word) == 1 or short or bool(set(word) & set("+#*"))
