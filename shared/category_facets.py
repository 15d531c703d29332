"""Categories as facets: under which names arXiv's categories go, so that no tag repeats what a paper's category says.

Names: https://arxiv.org/category_taxonomy
"""

from functools import cache

from shared.categories import ARCHIVES, SUBJECTS, name_of
from shared.text.tag_words import tag_key

_NAMES = """
machine learning: cs.LG stat.ML
artificial intelligence: cs.AI
natural language processing: cs.CL cmp-lg
computer vision: cs.CV
robotics: cs.RO
information retrieval: cs.IR
neural and evolutionary computing: cs.NE
multiagent systems: cs.MA
human-computer interaction: cs.HC
computer graphics: cs.GR
cryptography and security: cs.CR
software engineering: cs.SE
programming languages: cs.PL
databases: cs.DB
distributed computing: cs.DC
data structures and algorithms: cs.DS
computational complexity: cs.CC
computational geometry: cs.CG
game theory: cs.GT econ.TH
discrete mathematics: cs.DM
formal languages and automata: cs.FL
logic in computer science: cs.LO
networking: cs.NI
operating systems: cs.OS
computer architecture: cs.AR
performance engineering: cs.PF
symbolic computation: cs.SC
mathematical software: cs.MS
numerical analysis: cs.NA math.NA
information theory: cs.IT math.IT
social and information networks: cs.SI
computers and society: cs.CY
digital libraries: cs.DL
emerging technologies: cs.ET
multimedia: cs.MM
sound and music computing: cs.SD
control theory: cs.SY eess.SY
computational engineering: cs.CE
audio and speech processing: eess.AS
image processing: eess.IV
signal processing: eess.SP
statistical methodology: stat.ME
statistical applications: stat.AP
statistical computation: stat.CO
statistical theory: stat.TH math.ST
econometrics: econ.EM
economics: econ.GN q-fin.EC
computational finance: q-fin.CP
mathematical finance: q-fin.MF
portfolio management: q-fin.PM
pricing of securities: q-fin.PR
risk management: q-fin.RM
statistical finance: q-fin.ST
trading and market microstructure: q-fin.TR
biomolecules: q-bio.BM
cell behavior: q-bio.CB
genomics: q-bio.GN
molecular networks: q-bio.MN
neuroscience: q-bio.NC
quantitative biology: q-bio.OT q-bio
population biology and evolution: q-bio.PE
quantitative methods in biology: q-bio.QM
subcellular processes: q-bio.SC
tissues and organs: q-bio.TO
commutative algebra: math.AC
algebraic geometry: math.AG alg-geom
analysis of PDEs: math.AP
algebraic topology: math.AT
classical analysis: math.CA
combinatorics: math.CO
category theory: math.CT
complex variables: math.CV
differential geometry: math.DG dg-ga
dynamical systems: math.DS
functional analysis: math.FA funct-an
general mathematics: math.GM
general topology: math.GN
group theory: math.GR
geometric topology: math.GT
history of mathematics: math.HO
K-theory and homology: math.KT
mathematical logic: math.LO
metric geometry: math.MG
mathematical physics: math-ph math.MP
number theory: math.NT
operator algebras: math.OA
optimization and control: math.OC
probability theory: math.PR
quantum algebra: math.QA q-alg
rings and algebras: math.RA
representation theory: math.RT
symplectic geometry: math.SG
spectral theory: math.SP
quantum physics: quant-ph
general relativity and quantum cosmology: gr-qc
high energy experiments: hep-ex
lattice field theory: hep-lat
high energy phenomenology: hep-ph
high energy theory: hep-th
nuclear experiments: nucl-ex
nuclear theory: nucl-th
cosmology: astro-ph.CO
earth and planetary astrophysics: astro-ph.EP
astrophysics of galaxies: astro-ph.GA
astrophysics: astro-ph
high energy astrophysics: astro-ph.HE
astronomical instrumentation: astro-ph.IM
solar and stellar astrophysics: astro-ph.SR
condensed matter: cond-mat cond-mat.other
disordered systems: cond-mat.dis-nn
mesoscale and nanoscale physics: cond-mat.mes-hall
materials science: cond-mat.mtrl-sci mtrl-th
quantum gases: cond-mat.quant-gas
soft matter: cond-mat.soft
statistical mechanics: cond-mat.stat-mech
strongly correlated electrons: cond-mat.str-el
superconductivity: cond-mat.supr-con supr-con
nonlinear dynamics: nlin.CD chao-dyn nlin
adaptation and self-organization: nlin.AO adap-org
cellular automata and lattice gases: nlin.CG comp-gas
pattern formation and solitons: nlin.PS patt-sol
integrable systems: nlin.SI solv-int
accelerator physics: physics.acc-ph acc-phys
atmospheric and oceanic physics: physics.ao-ph ao-sci
applied physics: physics.app-ph
atomic and molecular clusters: physics.atm-clus
atomic physics: physics.atom-ph atom-ph
biological physics: physics.bio-ph
chemical physics: physics.chem-ph chem-ph
classical physics: physics.class-ph
computational physics: physics.comp-ph
data analysis in physics: physics.data-an bayes-an
physics education: physics.ed-ph
fluid dynamics: physics.flu-dyn
general physics: physics.gen-ph
geophysics: physics.geo-ph
history and philosophy of physics: physics.hist-ph
instrumentation and detectors: physics.ins-det
medical physics: physics.med-ph
optics: physics.optics
plasma physics: physics.plasm-ph plasm-ph
popular physics: physics.pop-ph
physics and society: physics.soc-ph
space physics: physics.space-ph
"""


def categories_named(phrase: str) -> tuple[str, ...]:
    """The categories that a phrase is the code or a name of, such as `cs.LG` for `machine learning`; else none."""
    return _by_key().get(tag_key(phrase), ())


@cache
def _by_key() -> dict[str, tuple[str, ...]]:
    categories: dict[str, tuple[str, ...]] = {}
    for category in (*SUBJECTS, *ARCHIVES):
        for name in (category, name_of(category)):
            categories.setdefault(tag_key(name), (category,))
    for name, codes in (line.split(": ", 1) for line in _NAMES.strip().splitlines()):
        for phrase in (name, *codes.split()):
            categories[tag_key(phrase)] = tuple(codes.split())
    return categories
