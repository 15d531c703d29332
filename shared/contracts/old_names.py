"""Names that fields had before: messages and records that use them are still understood."""

from collections.abc import Mapping
from typing import Any


def with_new_names(content: Any, new_names: Mapping[str, str]) -> Any:
    """A message's or record's fields under their new names (`new_names` by old ones); the new one counts where both
    are given. What is no object is returned as it is."""
    if not isinstance(content, dict) or not new_names.keys() & content.keys():
        return content
    renamed = {new: content[old] for old, new in new_names.items() if old in content}
    return {**renamed, **{name: value for name, value in content.items() if name not in new_names}}
