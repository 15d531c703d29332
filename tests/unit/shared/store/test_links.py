"""Links are seen from both ends."""

from shared.store.files.data_folder import DataFolder
from shared.store.links import Link, LinkStore


def test_a_link_is_seen_from_both_ends(data: DataFolder) -> None:
    store = LinkStore(data)
    link = Link(paper_id="2410.00001", other_id="hep-th/9901001", type="cites", score=1.0, evidence="[3]")
    store.put("2410.00001", [link])
    assert store.of("2410.00001") == store.of("hep-th/9901001") == [link]
    store.put("2410.00001", [])
    assert store.count() == 0
