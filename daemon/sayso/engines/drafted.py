"""Two engines as one: a small model drafts what is typed while somebody speaks, a larger one has the last word.

For machines on which the larger model is too slow to be asked several times a second, but not to be asked once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sayso.audio import Pcm
from sayso.engines import CheckStatus, Decoding, Engine, Scored, SelfCheck, Session, Transcription, Window, score
from sayso.errors import ModelError
from sayso.models import Model


class DraftedEngine:
    """An engine whose partial decodes are another's.

    Args:
        main: decodes finals and recordings, and lends its name, model and device to the pair.
        draft: decodes partials.

    Attributes:
        draft: the model that drafts.

    """

    def __init__(self, main: Engine, draft: Engine) -> None:
        self._main = main
        self._draft = draft
        self.name = main.name
        self.model = main.model
        self.draft = draft.model

    @property
    def device(self) -> str:
        """Where finals are decoded."""
        return self._main.device

    def session(self, language: str | None) -> Session:
        """Begin an utterance with both."""
        return DraftedSession(self._main.session(language), self._draft.session(language))

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe with the larger model."""
        return self._main.transcribe(audio, language)

    def self_check(self) -> SelfCheck:
        """Check both; the first that fails is told."""
        checks = [self._main.self_check(), self._draft.self_check()]
        failed = [check for check in checks if check.status is CheckStatus.FAILS]
        return failed[0] if failed else SelfCheck(CheckStatus.WORKS, "; ".join(check.message for check in checks))


class DraftedSession:
    """One utterance, heard by both models. What the draft made of it, the larger one is told to expect."""

    def __init__(self, main: Session, draft: Session) -> None:
        self._main = main
        self._draft = draft

    def partial(self, window: Window) -> Decoding:
        """Decode with the draft."""
        return self._draft.partial(window)

    def final(self, window: Window) -> Decoding:
        """Decode with the larger model."""
        return self._main.final(window)

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        """How likely the larger model holds each text to be."""
        return score(self._main, window, texts)


def draft_of(engine: Engine) -> Model | None:
    """The model that drafts for an engine, if one does."""
    draft: Model | None = getattr(engine, "draft", None)
    return draft


def require_draft_that_fits(model: Model, draft: Model, language: str | None) -> None:
    """Refuse a draft that is no other model, or that would hear another language than the one that is spoken.

    Args:
        model: has the last word.
        draft: what is to draft for it.
        language: Whisper code; None where the models decide.

    Raises:
        ModelError: it does not fit; says what to do.

    """
    if draft.folder.resolve() == model.folder.resolve():
        raise ModelError(
            f"engine.draft_model and engine.model are both {model.name!r}; a draft is another, smaller model: "
            "choose one, or set engine.draft_model: none"
        )
    needed = model.manifest.languages if language is None else (language,)
    if {*needed} & {*model.manifest.languages} - {*draft.manifest.languages}:
        spoken = f"language {language!r}" if language else f"all languages of {model.name!r}, and language is auto"
        raise ModelError(
            f"the draft {draft.name!r} does not know {spoken}; set engine.draft_model: none, "
            f"or to a model that does{'' if language else ', or language: en'}"
        )
