"""What the tests of pulling share: two repositories of the hub, and what they do with them."""

from __future__ import annotations

from collections.abc import Callable

from sayso.models import Model, ModelStore

MINE = "somebody/faster-whisper-mine"
SMALL = "Systran/faster-whisper-small"
TOKEN = "hf_thisisnotforanybodytosee"
HALF_BYTES = 3_000_000  # of a model.bin of 6.9 MB

Pull = Callable[..., Model]


def files_in(store: ModelStore) -> set[str]:
    """All that is below the store."""
    return {path.name for path in store.root.rglob("*") if path.is_file()}
