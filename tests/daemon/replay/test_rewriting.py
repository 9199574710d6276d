"""A replay with `streaming.rewrite`: what it tells adds up to the text, which ends as the finals have it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from tests.daemon.fakes import Diary, LoudnessDetector, ReadingEngine, recording, text_of

from sayso.audio import Pcm
from sayso.cli.replay import as_json
from sayso.config import Settings
from sayso.engines import Decoding, Session
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist import Typist
from sayso.typist.recording import RecordingTypist
from sayso.typist.stdout import StdoutTypist


class Learning(ReadingEngine):
    """An engine whose finals have every third word otherwise than its partials."""

    def session(self, *args: Any, **kwargs: Any) -> Session:
        """Begin an utterance."""
        return _Learning(super().session(*args, **kwargs))


class _Learning:
    def __init__(self, session: Session) -> None:
        self._session = session

    def partial(self, *args: Any) -> Decoding:
        return self._session.partial(*args)

    def final(self, *args: Any) -> Decoding:
        decoding = self._session.final(*args)
        return replace(decoding, words=tuple(replace(w, text=learned(w.text)) for w in decoding.words))


def learned(text: str) -> str:
    """A word as a final has it."""
    return text.replace("w", "x") if int(text.strip()[1:]) % 3 == 0 else text


def played(settings: Settings, audio: Pcm, typist: Typist, *, rewrite: bool) -> tuple[Diary, int]:
    """Replay; what was told, and how many words the finals contradicted."""
    settings = replace(settings, streaming=replace(settings.streaming, rewrite=rewrite))
    diary = Diary()
    result = replay(settings, Learning(), LoudnessDetector(), typist, audio, OPEN_THROUGHOUT, Pace.FAST, diary)
    return diary, result.contradicted


def told(diary: Diary) -> str:
    """The sum of what the lines of a replay say was typed."""
    text = ""
    for event in diary.events:
        kind, row = as_json(event) or ("", {})
        if kind in ("commit", "final"):
            text = text[: len(text) - row["delete"]] + row["insert"]
    return text


@pytest.mark.parametrize("phrases", [[(9, 1.0)], [(6, 1.0), (1, 1.0), (7, 1.0)]])
def test_with_rewriting_the_text_is_that_of_the_finals(
    default_settings: Settings, phrases: list[tuple[int, float]]
) -> None:
    typist = RecordingTypist()
    diary, contradicted = played(default_settings, recording(phrases), typist, rewrite=True)
    said = text_of(sum(words for words, _ in phrases)).split()
    assert typist.text.split() == [learned(word) for word in said]
    assert told(diary) == typist.text
    assert contradicted > 0


def test_of_a_long_utterance_the_window_of_the_final_is_mended_and_what_is_before_it_stays(
    default_settings: Settings,
) -> None:
    typist = RecordingTypist()
    diary, _ = played(default_settings, recording([(90, 1.0)]), typist, rewrite=True)
    words, said = typist.text.split(), text_of(90).split()
    cut = next(n for n, word in enumerate(words) if word.startswith("x"))
    assert words == said[:cut] + [learned(word) for word in said[cut:]]
    assert 0 < cut < 90
    assert told(diary) == typist.text


def test_without_rewriting_committed_words_stay(default_settings: Settings) -> None:
    typist = RecordingTypist()
    diary, contradicted = played(default_settings, recording([(9, 1.0)]), typist, rewrite=False)
    assert told(diary) == typist.text
    assert all(edit.delete == 0 for edit in typist.edits)
    assert typist.text.startswith("w0")
    assert contradicted > 0


def test_where_nothing_can_be_taken_back_rewriting_only_adds(default_settings: Settings) -> None:
    stream, typist = io.StringIO(), RecordingTypist()
    played(default_settings, recording([(9, 1.0)]), StdoutTypist(stream), rewrite=True)
    played(default_settings, recording([(9, 1.0)]), typist, rewrite=False)
    assert stream.getvalue() == typist.text
