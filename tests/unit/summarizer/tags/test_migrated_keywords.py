"""Keywords of an older system in the canonical index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from services.summarizer.tags.migrated_keywords import take_keywords
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import Matrix

AT = datetime(2026, 11, 6, tzinfo=UTC)
TREE = [("Graph Things", ""), ("Gossip Protocol", "Graph Things"), ("LLM", "Graph Things"), ("method", "Graph Things")]
PAPERS = {
    "2401.00001": ("Gossip Protocols", "Spectral Sparsification", "LLM", "cs.LG"),
    "2401.00002": ("spectral sparsification", "Large Language Models", "Lonely Phrase"),
}


def far_apart(texts: Sequence[str]) -> Matrix:
    return np.zeros((len(texts), 1), np.float32)


def test_keywords_mean_tags_that_are_there_and_new_ones_wait_for_a_second_paper(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    left_out, counting = take_keywords(data, TREE, PAPERS, far_apart, AT)
    index = TagStore(data).index()
    assert left_out == ["method"]
    assert index.canonical("LLM") == index.canonical("Large Language Model")
    gossip = index.tags["gossip-protocol"]
    assert gossip.parents == ("graph-things",)
    assert gossip.papers == ("2401.00001",)
    assert set(index.tags["spectral-sparsification"].papers) == {"2401.00001", "2401.00002"}
    assert index.tags["spectral-sparsification"].status == "canonical"
    assert index.tags["lonely-phrase"].status == "waiting"
    assert counting["Lonely Phrase"] is False
    assert counting["spectral sparsification"] is True
    assert "cs.LG" not in counting


def all_alike(texts: Sequence[str]) -> Matrix:
    return np.ones((len(texts), 1), np.float32)


def test_chinese_keywords_become_tags_of_their_own_though_an_english_model_knows_none_of_them(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    tree = [("机器学习", ""), ("深度学习", "机器学习"), ("图神经网络 GNN", "机器学习")]
    papers = {"2401.00001": ("深度学习", "强化学习"), "2401.00002": ("强化学习",)}
    left_out, counting = take_keywords(data, tree, papers, all_alike, AT)
    assert (left_out, counting) == ([], {"深度学习": True, "强化学习": True})
    index = TagStore(data).index()
    labels = {name: index.tags[index.canonical(name) or ""].label for name in ("机器学习", "深度学习", "强化学习")}
    assert labels == {name: name for name in labels}
    assert index.tags[index.canonical("深度学习") or ""].parents == (index.canonical("机器学习"),)


def test_the_same_again_changes_no_byte_and_a_dry_run_writes_none(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    planned = take_keywords(data, TREE, PAPERS, far_apart, AT, dry_run=True)
    assert not data.path("tags").exists()
    assert take_keywords(data, TREE, PAPERS, far_apart, AT) == planned
    before = TagStore(data).decisions_path.read_bytes()
    take_keywords(data, TREE, PAPERS, far_apart, AT.replace(day=7))
    assert TagStore(data).decisions_path.read_bytes() == before


def test_a_keyword_that_was_rejected_stays_rejected(tmp_path: Path) -> None:
    from services.summarizer.tags.corrections import Corrections

    data = DataFolder(tmp_path, 0)
    Corrections(TagStore(data), lambda: AT).reject("Lonely Phrase")
    _, counting = take_keywords(data, (), PAPERS, far_apart, AT)
    assert "Lonely Phrase" not in counting
