"""Tags in addresses."""

import pytest

from services.publisher.records.tag_slugs import tag_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Graph neural networks", "graph-neural-networks"),
        ("C++", "c++"),
        ("Größe", "größe"),
        ("a/b", "a-b"),
        ("***", "tag"),
    ],
)
def test_a_tag_has_a_plain_address(name: str, slug: str) -> None:
    assert tag_slug(name) == slug
