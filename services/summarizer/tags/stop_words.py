"""Words that no key phrase begins or ends with: function words, and words that every paper uses."""

from shared.text.stop_words import FUNCTION_WORDS

_WORDS_OF_EVERY_PAPER = """
able abstract accurate accurately achieve achieved achieves achieving additional additionally address
addresses addressing aim aims allow allowing allows analyse analyze analyzed apply applied approach approaches
appropriate arbitrary article available based behavior behaviour benchmark benchmarks best better broad
broader build called capable case cases certain challenge challenges challenging choice class classes code
common compare compared comparing compares comparison complete complex comprehensive compute conclude
conclusion conclusions condition conditions conduct consider considered considering consist consists construct
contain contains context contribution contributions corresponding crucial current currently data dataset
datasets deal define defined demonstrate demonstrated demonstrates demonstrating depend depends derive derived
describe described describes design designed despite detail detailed determine develop developed developing
develops difference different difficult direct directly discuss discussed easily effect effective effectively
effectiveness efficient efficiently effort enable enables enabling ensure especially establish established
estimate evaluate evaluated evaluation exact example examples exhibit existing existence experiment
experimental experiments explain explicit exploit explore extend extended extensive extension extensively fact
fail fails fast faster feature features field find finding findings finds finally finite fixed focus follow
following form found framework full fully fundamental furthermore gain general generally generate generated
give given gives giving good great group groups high higher highly idea identify illustrate impact implement
implementation implications important improve improved improvement improvements improves improving include
includes including increase increased increases increasing increasingly independent individual information
inspired interest interesting introduce introduced introduces introducing investigate investigated involving
issue issues key knowledge known lack large larger largest lead leading leads led leverage leverages
leveraging level levels limit limitation limitations limited literature long low lower main mainly major make
makes making manner measure method methodology methods million model models multiple namely natural necessary
need needed needs new newly nontrivial novel number numerous observe observed obtain obtained obtaining offer
offers open order outperform outperforming outperforms overall paper papers parameter parameters part
particular particularly percent perform performance performed performs plausible play plays point points
popular possible possibly potential practical practice precise present presented presenting presents previous
previously primarily principle prior problem problems procedure process produce promising propose proposed
proposes proposing property properties prove proved proves provide provided provides providing public publicly
purpose quality question questions range ranging rapidly rate real realistic recent recently reduce reduced
reduces reducing related relation relations relative relatively relevant rely relies remain remains report
reported require required requires requiring research researchers respect respectively result resulting
results reveal reveals role run scale scheme set sets setting settings show showed showing shown shows
significance significant significantly similar simple simply simulations single size small smaller solution
solutions solve solved solving special specific specifically standard state-of-the-art strategy strong
structure studied studies study studying substantial substantially successful successfully suffer suffers
suggest suggests suitable superior support system systems take takes task tasks technique techniques term
terms test tested theoretical theory time times tool tools total traditional train trained type types typical
typically understand understanding unified unique unknown usage useful usual usually validate value values
variety various varying versus view way ways wide widely work works world
"""
_VERBS = """
ask asked asks becomes come comes goes grows happen happens helps holds keep keeps look looks moves say says seem
seems seen stays tell tells think thinks tries try turns want wanted wants wish wishes
"""

STOP_WORDS = FUNCTION_WORDS | frozenset(_WORDS_OF_EVERY_PAPER.split()) | frozenset(_VERBS.split())
