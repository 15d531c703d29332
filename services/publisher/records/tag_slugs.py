"""Tags in addresses."""

import re


def tag_slug(name: str) -> str:
    """A tag as part of an address: `Graph neural networks` is `graph-neural-networks`."""
    return re.sub(r"[^\w+#]+", "-", name.lower()).strip("-_") or "tag"
