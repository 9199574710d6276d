"""Every setting, its type and what it may be; what each one does stands once, in `default.yaml`.

The annotations are the schema that files and options are checked against, so a setting is added here and in
`default.yaml` and nowhere else. No field has a default: `default.yaml` has them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from sayso.config.chords import Chord
from sayso.config.kinds import Choice, Flag, Hotkey, Language, Number, Terms, Text


class Mode(StrEnum):
    """How dictation starts and ends: by voice activity, or by keys (each of which works in both other modes)."""

    HANDS_FREE = "hands-free"
    TOGGLE = "toggle"
    HOLD = "hold"


CTRANSLATE2_TYPES = ("int8", "int8_float16", "int8_float32", "float16", "bfloat16", "float32")
WHISPERCPP_FORMS = ("q8_0", "q5_1", "q5_0", "q4_1", "q4_0")


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """The microphone; `sample_rate_hz` is None for auto."""

    device: Annotated[str, Text()]
    sample_rate_hz: Annotated[int | None, Number(8_000, 192_000, "Hz", whole=True, word="auto")]
    pre_roll_ms: Annotated[int, Number(0, 5_000, "ms", whole=True)]
    silence_warning_seconds: Annotated[float, Number(1, 86_400, "seconds")]


@dataclass(frozen=True, slots=True)
class VadSettings:
    """Where speech begins and ends; the soft endpoint always comes before the hard one."""

    threshold: Annotated[float, Number(0, 1)]
    min_speech_ms: Annotated[int, Number(0, 10_000, "ms", whole=True)]
    soft_endpoint_ms: Annotated[int, Number(50, 10_000, "ms", whole=True)]
    hard_endpoint_ms: Annotated[int, Number(50, 10_000, "ms", whole=True)]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The speech engine and its models; None is auto for `threads`, none for a draft, never for unloading."""

    name: Annotated[str, Text()]
    model: Annotated[str, Text()]
    draft_model: Annotated[str | None, Text(word="none")]
    device: Annotated[str, Text()]
    compute_type: Annotated[str, Choice(*CTRANSLATE2_TYPES, *WHISPERCPP_FORMS, "auto")]
    threads: Annotated[int | None, Number(1, 1_024, whole=True, word="auto")]
    beam_size: Annotated[int, Number(1, 100, whole=True)]
    unload_after_minutes: Annotated[float | None, Number(0.1, 10_080, "minutes", word="never")]


@dataclass(frozen=True, slots=True)
class StreamingSettings:
    """How text appears while one is speaking."""

    hop_ms: Annotated[int, Number(50, 5_000, "ms", whole=True)]
    max_window_seconds: Annotated[float, Number(5, 25, "seconds")]
    rewrite: Annotated[bool, Flag()]


@dataclass(frozen=True, slots=True)
class TypistSettings:
    """Where text goes."""

    backend: Annotated[str, Text()]
    focus_moved: Annotated[str, Choice("wait", "clipboard")]


@dataclass(frozen=True, slots=True)
class HotkeySettings:
    """Global hotkeys; each is None for none, no two are the same; None is never for how long things may last."""

    backend: Annotated[str, Choice("auto", "x11", "portal", "evdev", "pynput", "none")]
    toggle: Annotated[Chord | None, Hotkey()]
    hold: Annotated[Chord | None, Hotkey()]
    cancel: Annotated[Chord | None, Hotkey()]
    undo: Annotated[Chord | None, Hotkey()]
    learn: Annotated[Chord | None, Hotkey()]
    here: Annotated[Chord | None, Hotkey()]
    back: Annotated[Chord | None, Hotkey()]
    copy: Annotated[Chord | None, Hotkey()]
    double_tap_ms: Annotated[int | None, Number(100, 1_000, "ms", whole=True, word="never")]
    max_hold_minutes: Annotated[float | None, Number(0.1, 1_440, "minutes", word="never")]
    max_silence_minutes: Annotated[float | None, Number(0.1, 1_440, "minutes", word="never")]


@dataclass(frozen=True, slots=True)
class IndicatorSettings:
    """What the user sees and hears; read by `sayso indicator`."""

    overlay: Annotated[str, Choice("auto", "always", "never")]
    overlay_size: Annotated[float, Number(0.5, 4, "times")]
    contrast: Annotated[str, Choice("normal", "high")]
    position: Annotated[str, Choice("bottom", "top", "bottom-left", "bottom-right", "top-left", "top-right")]
    tray: Annotated[bool, Flag()]
    notifications: Annotated[bool, Flag()]
    announce: Annotated[bool, Flag()]
    sounds: Annotated[bool, Flag()]
    volume: Annotated[float, Number(0, 1)]


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """Words that are commands, in the language that is spoken: "comma", "scratch that"."""

    enabled: Annotated[bool, Flag()]
    pause_ms: Annotated[int, Number(50, 2_000, "ms", whole=True)]


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """What is kept on disk; `keep_days` is None for ever."""

    safety_net: Annotated[bool, Flag()]
    keep_days: Annotated[float | None, Number(0.01, 36_500, "days", word="never")]
    keep_mb: Annotated[float, Number(1, 1_000_000, "MB")]
    key: Annotated[str, Choice("auto", "keyring", "file")]


@dataclass(frozen=True, slots=True)
class CorrectionSettings:
    """How corrections are noticed where the text stands."""

    watch: Annotated[bool, Flag()]
    watch_minutes: Annotated[float, Number(0.5, 120, "minutes")]
    acoustic: Annotated[bool, Flag()]


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged; never audio or text."""

    level: Annotated[str, Choice("debug", "info", "warning", "error")]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked and complete; read-only for as long as the service lives."""

    mode: Annotated[Mode, Choice(*Mode, to=Mode)]
    language: Annotated[str, Language()]
    vocabulary: Annotated[tuple[str, ...], Terms()]
    learning: Annotated[str, Choice("ask", "on", "off")]
    audio: AudioSettings
    vad: VadSettings
    engine: EngineSettings
    streaming: StreamingSettings
    typist: TypistSettings
    hotkeys: HotkeySettings
    indicator: IndicatorSettings
    commands: CommandSettings
    journal: JournalSettings
    corrections: CorrectionSettings
    log: LogSettings
