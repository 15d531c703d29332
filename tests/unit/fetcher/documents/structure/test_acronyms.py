import pytest

from services.fetcher.documents.structure.acronyms import with_acronyms_expanded


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newacronym{cnn}{CNN}{convolutional net}|\gls{cnn} \glspl{cnn} \acrlong{cnn}",
         "convolutional net (CNN) CNNs convolutional net"),
        (r"\DeclareAcronym{gan}{short=GAN, long={generative net}}|\ac{gan}, \acl{gan}, \acs{gan}",
         "generative net (GAN), generative net, GAN"),
        (r"\acrodef{ML}[ML]{machine learning}|\ac{ML} \acp{ML}", "machine learning (ML) MLs"),
        (r"\newglossaryentry{x}{name={X-ray}, description={d}}|\gls{x}", "X-ray"),
        (r"\newacronym{a}{A}{b}|\gls{unknown} \acute{x}", r"\gls{unknown} \acute{x}"),
    ],
)  # fmt: skip
def test_an_acronym_is_spelt_out_once_and_short_after_that(tex: str, expected: str) -> None:
    assert with_acronyms_expanded(tex).partition("|")[2] == expected
