"""Texts of other servers without what only sets them; signs of the text itself stay."""

import pytest

from services.fetcher.sources.protocols.plain_words import plain_words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The <i>Drosophila</i> gene &amp; more", "The Drosophila gene & more"),
        ("<p>We show <sup>13</sup>C.</p><ul><li>one</li></ul>", "We show 13C. one"),
        ("&lt;p&gt;x&amp;nbsp;&amp;lt; y&lt;/p&gt;", "x < y"),
        ('<jats:p>Say <jats:italic toggle="yes">so</jats:italic></jats:p>', "Say so"),
        ("p<0.05, a < b and c> d, a <b and c> d, x<y>z", "p<0.05, a < b and c> d, a <b and c> d, x<y>z"),
        ("O_ST_ABSBackgroundC_ST_ABSWe did. O_LIone C_LI", "Background We did. one"),
        ('Ends. O_FIG O_LINKSMALLFIG SRC="FIGDIR/x.gif">\nView larger C_FIG After.', "Ends. After."),
        ("O_SCPLOWDC_SCPLOW-glucose", "D-glucose"),
        ("<script>alert(1)</script> AT&T; &notanentity;", "<script>alert(1)</script> AT&T; &notanentity;"),
        (None, ""),
    ],
)
def test_what_only_sets_a_text_is_left_out(text: str | None, plain: str) -> None:
    assert plain_words(text) == plain
