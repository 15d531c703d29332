"""arXiv's categories with their names: https://arxiv.org/category_taxonomy."""

import difflib
import re
from collections.abc import Iterator

from shared.preprints import LABELS

GROUPS = {
    "physics": "Physics",
    "math": "Mathematics",
    "q-bio": "Quantitative Biology",
    "cs": "Computer Science",
    "q-fin": "Quantitative Finance",
    "stat": "Statistics",
    "eess": "Electrical Engineering and Systems Science",
    "econ": "Economics",
}

# Each archive with its group and its name.
ARCHIVES = {
    "astro-ph": ("physics", "Astrophysics"),
    "cond-mat": ("physics", "Condensed Matter"),
    "cs": ("cs", "Computer Science"),
    "econ": ("econ", "Economics"),
    "eess": ("eess", "Electrical Engineering and Systems Science"),
    "gr-qc": ("physics", "General Relativity and Quantum Cosmology"),
    "hep-ex": ("physics", "High Energy Physics - Experiment"),
    "hep-lat": ("physics", "High Energy Physics - Lattice"),
    "hep-ph": ("physics", "High Energy Physics - Phenomenology"),
    "hep-th": ("physics", "High Energy Physics - Theory"),
    "math": ("math", "Mathematics"),
    "math-ph": ("physics", "Mathematical Physics"),
    "nlin": ("physics", "Nonlinear Sciences"),
    "nucl-ex": ("physics", "Nuclear Experiment"),
    "nucl-th": ("physics", "Nuclear Theory"),
    "physics": ("physics", "Physics"),
    "q-bio": ("q-bio", "Quantitative Biology"),
    "q-fin": ("q-fin", "Quantitative Finance"),
    "quant-ph": ("physics", "Quantum Physics"),
    "stat": ("stat", "Statistics"),
}

# Archives without subjects are categories themselves.
SUBJECTS = {
    "astro-ph.CO": "Cosmology and Nongalactic Astrophysics",
    "astro-ph.EP": "Earth and Planetary Astrophysics",
    "astro-ph.GA": "Astrophysics of Galaxies",
    "astro-ph.HE": "High Energy Astrophysical Phenomena",
    "astro-ph.IM": "Instrumentation and Methods for Astrophysics",
    "astro-ph.SR": "Solar and Stellar Astrophysics",
    "cond-mat.dis-nn": "Disordered Systems and Neural Networks",
    "cond-mat.mes-hall": "Mesoscale and Nanoscale Physics",
    "cond-mat.mtrl-sci": "Materials Science",
    "cond-mat.other": "Other Condensed Matter",
    "cond-mat.quant-gas": "Quantum Gases",
    "cond-mat.soft": "Soft Condensed Matter",
    "cond-mat.stat-mech": "Statistical Mechanics",
    "cond-mat.str-el": "Strongly Correlated Electrons",
    "cond-mat.supr-con": "Superconductivity",
    "cs.AI": "Artificial Intelligence",
    "cs.AR": "Hardware Architecture",
    "cs.CC": "Computational Complexity",
    "cs.CE": "Computational Engineering, Finance, and Science",
    "cs.CG": "Computational Geometry",
    "cs.CL": "Computation and Language",
    "cs.CR": "Cryptography and Security",
    "cs.CV": "Computer Vision and Pattern Recognition",
    "cs.CY": "Computers and Society",
    "cs.DB": "Databases",
    "cs.DC": "Distributed, Parallel, and Cluster Computing",
    "cs.DL": "Digital Libraries",
    "cs.DM": "Discrete Mathematics",
    "cs.DS": "Data Structures and Algorithms",
    "cs.ET": "Emerging Technologies",
    "cs.FL": "Formal Languages and Automata Theory",
    "cs.GL": "General Literature",
    "cs.GR": "Graphics",
    "cs.GT": "Computer Science and Game Theory",
    "cs.HC": "Human-Computer Interaction",
    "cs.IR": "Information Retrieval",
    "cs.IT": "Information Theory",
    "cs.LG": "Machine Learning",
    "cs.LO": "Logic in Computer Science",
    "cs.MA": "Multiagent Systems",
    "cs.MM": "Multimedia",
    "cs.MS": "Mathematical Software",
    "cs.NA": "Numerical Analysis",
    "cs.NE": "Neural and Evolutionary Computing",
    "cs.NI": "Networking and Internet Architecture",
    "cs.OH": "Other Computer Science",
    "cs.OS": "Operating Systems",
    "cs.PF": "Performance",
    "cs.PL": "Programming Languages",
    "cs.RO": "Robotics",
    "cs.SC": "Symbolic Computation",
    "cs.SD": "Sound",
    "cs.SE": "Software Engineering",
    "cs.SI": "Social and Information Networks",
    "cs.SY": "Systems and Control",
    "econ.EM": "Econometrics",
    "econ.GN": "General Economics",
    "econ.TH": "Theoretical Economics",
    "eess.AS": "Audio and Speech Processing",
    "eess.IV": "Image and Video Processing",
    "eess.SP": "Signal Processing",
    "eess.SY": "Systems and Control",
    "math.AC": "Commutative Algebra",
    "math.AG": "Algebraic Geometry",
    "math.AP": "Analysis of PDEs",
    "math.AT": "Algebraic Topology",
    "math.CA": "Classical Analysis and ODEs",
    "math.CO": "Combinatorics",
    "math.CT": "Category Theory",
    "math.CV": "Complex Variables",
    "math.DG": "Differential Geometry",
    "math.DS": "Dynamical Systems",
    "math.FA": "Functional Analysis",
    "math.GM": "General Mathematics",
    "math.GN": "General Topology",
    "math.GR": "Group Theory",
    "math.GT": "Geometric Topology",
    "math.HO": "History and Overview",
    "math.IT": "Information Theory",
    "math.KT": "K-Theory and Homology",
    "math.LO": "Logic",
    "math.MG": "Metric Geometry",
    "math.MP": "Mathematical Physics",
    "math.NA": "Numerical Analysis",
    "math.NT": "Number Theory",
    "math.OA": "Operator Algebras",
    "math.OC": "Optimization and Control",
    "math.PR": "Probability",
    "math.QA": "Quantum Algebra",
    "math.RA": "Rings and Algebras",
    "math.RT": "Representation Theory",
    "math.SG": "Symplectic Geometry",
    "math.SP": "Spectral Theory",
    "math.ST": "Statistics Theory",
    "nlin.AO": "Adaptation and Self-Organizing Systems",
    "nlin.CD": "Chaotic Dynamics",
    "nlin.CG": "Cellular Automata and Lattice Gases",
    "nlin.PS": "Pattern Formation and Solitons",
    "nlin.SI": "Exactly Solvable and Integrable Systems",
    "physics.acc-ph": "Accelerator Physics",
    "physics.ao-ph": "Atmospheric and Oceanic Physics",
    "physics.app-ph": "Applied Physics",
    "physics.atm-clus": "Atomic and Molecular Clusters",
    "physics.atom-ph": "Atomic Physics",
    "physics.bio-ph": "Biological Physics",
    "physics.chem-ph": "Chemical Physics",
    "physics.class-ph": "Classical Physics",
    "physics.comp-ph": "Computational Physics",
    "physics.data-an": "Data Analysis, Statistics and Probability",
    "physics.ed-ph": "Physics Education",
    "physics.flu-dyn": "Fluid Dynamics",
    "physics.gen-ph": "General Physics",
    "physics.geo-ph": "Geophysics",
    "physics.hist-ph": "History and Philosophy of Physics",
    "physics.ins-det": "Instrumentation and Detectors",
    "physics.med-ph": "Medical Physics",
    "physics.optics": "Optics",
    "physics.plasm-ph": "Plasma Physics",
    "physics.pop-ph": "Popular Physics",
    "physics.soc-ph": "Physics and Society",
    "physics.space-ph": "Space Physics",
    "q-bio.BM": "Biomolecules",
    "q-bio.CB": "Cell Behavior",
    "q-bio.GN": "Genomics",
    "q-bio.MN": "Molecular Networks",
    "q-bio.NC": "Neurons and Cognition",
    "q-bio.OT": "Other Quantitative Biology",
    "q-bio.PE": "Populations and Evolution",
    "q-bio.QM": "Quantitative Methods",
    "q-bio.SC": "Subcellular Processes",
    "q-bio.TO": "Tissues and Organs",
    "q-fin.CP": "Computational Finance",
    "q-fin.EC": "Economics",
    "q-fin.GN": "General Finance",
    "q-fin.MF": "Mathematical Finance",
    "q-fin.PM": "Portfolio Management",
    "q-fin.PR": "Pricing of Securities",
    "q-fin.RM": "Risk Management",
    "q-fin.ST": "Statistical Finance",
    "q-fin.TR": "Trading and Market Microstructure",
    "stat.AP": "Applications",
    "stat.CO": "Computation",
    "stat.ME": "Methodology",
    "stat.ML": "Machine Learning",
    "stat.OT": "Other Statistics",
    "stat.TH": "Statistics Theory",
}

_OLD = """
acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga funct-an mtrl-th patt-sol
plasm-ph q-alg solv-int supr-con
"""
OLD_ARCHIVES = tuple(_OLD.split())
"""What arXiv no longer uses, and papers of the nineties are still in."""


_OF_OTHERS = re.compile(rf"({'|'.join(LABELS)})(?:\.([a-z0-9-]{{2,58}}))?", re.ASCII)


def name_of(category: str) -> str:
    """The name of a category or an archive, `Cell biology (bioRxiv)` of another server; what is none names itself."""
    if match := _OF_OTHERS.fullmatch(category):
        subject = match[2].replace("-", " ").capitalize() if match[2] else "all"
        return f"{subject} ({LABELS[match[1]]})"
    return SUBJECTS.get(category) or (ARCHIVES[category][1] if category in ARCHIVES else category)


def checked_category(text: str) -> str:
    """A category or a whole archive as it is. Raises ValueError that names the nearest right one."""
    if text in SUBJECTS or text in ARCHIVES:
        return text
    raise ValueError(f"{text!r} is no arXiv category; they look like cs.CV or hep-th{_hint(text)}")


def category_of(text: str) -> str | None:
    """The code of a category or archive, today's or an old one, or of a subject of bioRxiv, in whatever case; None for
    none such."""
    codes = {code.casefold(): code for code in (*ARCHIVES, *SUBJECTS, *OLD_ARCHIVES)}
    found = codes.get(text.strip().casefold())
    return found or (text.strip().lower() if _OF_OTHERS.fullmatch(text.strip().lower()) else None)


def nearest_category(text: str) -> str | None:
    """The category whose code or name is most like a text; None where none is."""
    codes = {category.casefold(): category for category in (*ARCHIVES, *SUBJECTS)}
    names = {name_of(category).casefold(): category for category in (*ARCHIVES, *SUBJECTS)}
    near = difflib.get_close_matches(text.casefold(), [*codes, *names], n=1)
    return {**names, **codes}[near[0]] if near else None


def categories_like(text: str) -> Iterator[str]:
    """Categories of an archive, or those whose code or name has these words."""
    wanted = text.casefold()
    for category in (*ARCHIVES, *SUBJECTS):
        if category.partition(".")[0] == wanted or wanted in f"{category} {name_of(category)}".casefold():
            yield category


def _hint(text: str) -> str:
    nearest = nearest_category(text)
    return f"; did you mean {nearest}?" if nearest else ""
