"""What lies beside the weights is looked at before a model is let in."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.daemon.weights.toy import TOKENIZER

from sayso.errors import ModelError
from sayso.models import Model, ModelStore
from sayso.models.importing import find_out, import_from

Change = Callable[[Path], object]


def config(**changes: object) -> Change:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return change


def multilingual(folder: Path) -> None:
    text = TOKENIZER.decode().replace("50257", "50258").replace("50256", "50257")
    (folder / "tokenizer.json").write_text(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "config.json").unlink(), "lacks config.json; take it from the model"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "lacks tokenizer.json; take it from the model"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "it does not load (Model missing"),
        (lambda folder: (folder / "config.json").write_text("[" * 100_000), "is damaged"),
        (multilingual, "of another model than weights with a vocabulary of 51864"),
        (config(alignment_heads=[[99, 0]]), "alignment_heads are no heads of its decoder"),
        (config(alignment_heads="all"), "alignment_heads are no heads of its decoder"),
        (config(lang_ids=["en"]), "lang_ids are no tokens"),
        (config(suppress_ids=[10**6]), "suppress_ids are no tokens"),
    ],
)
def test_what_cannot_be_loaded_is_refused_and_the_store_stays_as_it_was(
    tiny: Model, tmp_path: Path, change: Change, says: str
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(tiny.folder, mine)
    change(mine)
    store = ModelStore(tmp_path / "store")
    with pytest.raises(ModelError, match=re.escape(says)):
        import_from(find_out(mine), store, "mine")
    assert not list(tmp_path.glob("store/*"))


def test_a_whole_one_is_let_in(tiny: Model, tmp_path: Path) -> None:
    assert import_from(find_out(tiny.folder), ModelStore(tmp_path / "store"), "mine").name == "mine"
