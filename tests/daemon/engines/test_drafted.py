"""Two engines as one: a draft while somebody speaks, the larger model for the last word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.fakes import ReadingEngine, phrase, text_of

from sayso.engines import CheckStatus, SelfCheck, Window
from sayso.engines.drafted import DraftedEngine, draft_of, require_draft_that_fits
from sayso.errors import ModelError
from sayso.models import Manifest, Model

WINDOW = Window(phrase(0, 3), 0, prompt="Before that.")


def model(name: str, *languages: str) -> Model:
    return Model(Path("/models") / name, Manifest(name, "a test", {}, languages, 80, 1_000))


class NamedEngine(ReadingEngine):
    """Reads, and can be told from another."""

    def __init__(self, name: str, check: SelfCheck) -> None:
        super().__init__()
        self.model = model(name, "en")
        self.device = f"device of {name}"
        self._check = check

    def self_check(self) -> SelfCheck:
        return self._check


def works(name: str) -> NamedEngine:
    return NamedEngine(name, SelfCheck(CheckStatus.WORKS, f"{name} works"))


def fails(name: str) -> NamedEngine:
    return NamedEngine(name, SelfCheck(CheckStatus.FAILS, f"{name} fails"))


def test_what_is_said_is_drafted_by_one_model_and_ended_by_the_other() -> None:
    main, draft = works("base"), works("tiny")
    session = DraftedEngine(main, draft).session("en")
    session.partial(WINDOW)
    session.partial(WINDOW)
    session.final(WINDOW)
    assert [decode.final for decode in draft.decodes] == [False, False]
    assert [decode.final for decode in main.decodes] == [True]
    assert {decode.prompt for decode in (*main.decodes, *draft.decodes)} == {"Before that."}
    assert main.sessions == draft.sessions == ["en"]


def test_the_larger_model_lends_the_pair_its_name_and_transcribes_recordings() -> None:
    main, draft = works("base"), works("tiny")
    pair = DraftedEngine(main, draft)
    assert (pair.name, pair.model.name, pair.device) == ("reading", "base", "device of base")
    assert draft_of(pair) is draft.model
    assert draft_of(main) is None
    assert pair.transcribe(WINDOW.audio, "en").text == text_of(3)


@pytest.mark.parametrize(
    ("main", "draft", "status", "message"),
    [
        (works("base"), works("tiny"), CheckStatus.WORKS, "base works; tiny works"),
        (works("base"), fails("tiny"), CheckStatus.FAILS, "tiny fails"),
        (fails("base"), works("tiny"), CheckStatus.FAILS, "base fails"),
    ],
)
def test_the_pair_works_where_both_do(
    main: NamedEngine, draft: NamedEngine, status: CheckStatus, message: str
) -> None:
    assert DraftedEngine(main, draft).self_check() == SelfCheck(status, message)


BASE = model("base", "en", "de", "fr")


@pytest.mark.parametrize(
    ("draft", "language"),
    [(model("tiny", "en", "de", "fr"), None), (model("tiny.en", "en"), "en"), (model("tiny", "en", "de"), "de")],
)
def test_a_draft_that_knows_what_is_spoken_fits(draft: Model, language: str | None) -> None:
    require_draft_that_fits(BASE, draft, language)


def test_a_model_is_no_draft_for_itself_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "other").symlink_to(tmp_path / "base")
    with pytest.raises(ModelError, match=r"are both 'base'.*engine\.draft_model: none"):
        require_draft_that_fits(
            replace(BASE, folder=tmp_path / "base"), replace(BASE, folder=tmp_path / "other"), "en"
        )


def test_a_draft_that_does_not_know_the_language_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r"the draft 'tiny\.en' does not know language 'de'; .*or to a model that does$"
    ):
        require_draft_that_fits(BASE, model("tiny.en", "en"), "de")


def test_where_the_language_is_found_out_the_draft_must_know_all_that_the_model_does() -> None:
    with pytest.raises(ModelError, match=r"all languages of 'base', and language is auto; .*language: en$"):
        require_draft_that_fits(BASE, model("tiny.en", "en"), None)


def test_a_language_that_neither_knows_is_no_fault_of_the_draft() -> None:
    require_draft_that_fits(BASE, model("tiny.en", "en"), "yo")
