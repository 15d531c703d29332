"""Which papers are drawn as examples of what nobody asked for."""

from services.ranker.models.sampling import sample_vectors
from shared.store.vectors.joined_vectors import JoinedVectors
from tests.unit.ranker.world import World


def test_random_papers_are_drawn_evenly_and_the_same_each_time(world: World) -> None:
    world.add_papers(*range(1, 161))
    drawn = sample_vectors(JoinedVectors([world.vectors]), 50, seed=3)
    assert drawn.matrix.shape == (50, 16)
    assert drawn.ids == sample_vectors(JoinedVectors([world.vectors]), 50, seed=3).ids
    assert (drawn.matrix == world.vectors.get(drawn.ids).matrix).all()
    assert len(sample_vectors(JoinedVectors([world.vectors]), 5000, seed=3).ids) == world.vectors.count()
