"""Where each column of vectors goes, and why one cannot be taken: vectors of two recipes are never mixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.lent import RecipeAndHash
from deploy.migrating.tables.table_schema import VectorColumn
from deploy.migrating.tables.vector_columns import VectorTarget, is_unknown, unknown_recipe
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore


@dataclass
class VectorTargets:
    """Targets by column, found once each; `made_by` are models of the settings that the user named for columns."""

    data: DataFolder
    origin: str
    columns: ColumnMap
    made_by: Mapping[str, str]
    recipe_and_hash: RecipeAndHash

    def __post_init__(self) -> None:
        self._targets: dict[str, VectorTarget] = {}

    def of(self, columns: Sequence[VectorColumn]) -> tuple[dict[str, VectorTarget], dict[str, str]]:
        """The targets of the columns of one table, and why others cannot be taken. Raises SettingsError."""
        targets: dict[str, VectorTarget] = {}
        problems: dict[str, str] = {}
        for column in columns:
            target = self._target(column)
            if isinstance(target, str):
                problems[column.column] = target
            elif target.alias in (other.alias for other in targets.values()):
                problems[column.column] = f"another column of this table goes to {target.alias} already"
            else:
                targets[column.column] = target
        return targets, problems

    def _target(self, column: VectorColumn) -> VectorTarget | str:
        target = self._targets.get(column.column)
        if target is None:
            found = self._found(column) if column.dimension else "no row has a vector"
            if isinstance(found, str):
                return found
            target = self._targets[column.column] = found
        if column.dimension not in (0, target.recipe.dimension):
            return f"its vectors have {column.dimension} numbers, those of {target.alias} {target.recipe.dimension}"
        return target

    def _found(self, column: VectorColumn) -> VectorTarget | str:
        if column.column in self.made_by:
            alias = self.made_by[column.column]
            recipe, hash_of = self.recipe_and_hash(alias)
            target = VectorTarget(alias, recipe, hash_of)
        else:
            target = VectorTarget(column.alias, unknown_recipe(column.dimension, column.column, self.origin))
        stored = VectorStore(self.data, target.alias, cached=False).recipe
        difference = stored.difference(target.recipe) if stored else ""
        if stored is None or not difference:
            return target
        is_said = column.column in self.columns.given and is_unknown(stored) and stored.dimension == column.dimension
        if is_said:
            return VectorTarget(target.alias, stored)
        return (
            f"embeddings/{target.alias} holds vectors of another recipe (stored / these: {difference}); "
            f"--map '{column.column}=vector:OTHER' stores them under another name"
        )
