"""A term that is said again and again is in the prompts from then on, not only from the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.learning_life import Life

from sayso.commands.sources import Grammars
from sayso.journal.database import Database
from sayso.vocabulary import Term, store


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}", str(tmp_path / name.lower()))


def test_a_term_that_is_said_again_and_again_comes_into_the_prompts(tmp_path: Path) -> None:
    with Life(tmp_path, learning="on") as life:
        grammars = Grammars(lambda _: None, own=lambda _: (), learnt=life.learning.vocabulary)

        def add(database: Database) -> None:
            store.add(database, Term("kubectl"))

        life.learning.journal.ask(add).result(10)
        for number in range(1, 5):
            assert grammars.asking("en", ()).prompt == ()
            life.dictate(number, "so we use kubectl here")
            life.learning.journal.ask(lambda _: None).result(10)
            if grammars.asking("en", ()).prompt:
                break
        assert number == 3
        assert grammars.asking("en", ()).prompt == ("kubectl",)
