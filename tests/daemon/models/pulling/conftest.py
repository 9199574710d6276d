"""A hub on loopback, a store, and pulling from the one into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.daemon.models.pulling.loopback_hub import LoopbackHub, loopback_hub
from tests.daemon.models.pulling.rig import MINE, SMALL, Pull
from tests.daemon.weights.toy import TOKENIZER, toy_tensors

from sayso.models import Model, ModelStore
from sayso.models.hub import Hub
from sayso.models.pulling import pull, wanted
from sayso.weights import ctranslate2_file


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A `model.bin` of 7 MB."""
    path = tmp_path_factory.mktemp("toy") / "model.bin"
    ctranslate2_file.write(path, toy_tensors())
    return path.read_bytes()


@pytest.fixture
def hub(weights: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """A hub with two small models."""
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_hub() as served:
        for name in (MINE, SMALL):
            served.repositories[name] = {
                "README.md": b"# mine",
                "config.json": b'{"suppress_ids": []}',
                "tokenizer.json": TOKENIZER,
                "vocabulary.txt": b"a\n",
                "model.bin": weights,
            }
        yield served


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "sayso" / "models")


@pytest.fixture
def pauses() -> list[float]:
    """What would have been waited."""
    return []


@pytest.fixture
def pulls(hub: LoopbackHub, store: ModelStore, pauses: list[float]) -> Pull:
    """Pull from the hub into the store."""

    def run(
        model: str = MINE,
        name: str | None = None,
        *,
        token: str = "",
        room: int = 1 << 40,
        seconds: float = 30,
        tell: Callable[[int, int], None] = lambda there, total: None,
    ) -> Model:
        client = Hub(hub.endpoint, token, patience_seconds=seconds, pause=pauses.append)
        return pull(wanted(model, name), client, store, tell, free=lambda folder: room)

    return run
