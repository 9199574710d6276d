"""espeak-ng, asked how a word is pronounced: the system's library, else the one of the extra `[phonetics]`.

The library is GPL-3 and so only used where it is there; nothing of it ships with sayso. It keeps one voice and one
buffer for the whole process, so calls go one at a time.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import re
import threading
from functools import cache
from typing import Any, Final

log = logging.getLogger(__name__)

SYSTEM_LIBRARY = "libespeak-ng.so.1"
LOADER = "espeakng_loader"  # a package with the library and its data
OK = 0  # espeak_ng.h: ENS_OK
UTF8, IPA = 1, 0x02  # speak_lib.h: espeakCHARS_UTF8, phoneme mode

VOICES: Final = {"en": "en-us", "fr": "fr-fr", "zh": "cmn", "no": "nb", "jw": "jv", "tl": "fil"}
"""Where espeak-ng calls a language otherwise than Whisper does; "fr" is "fr-fr" since 1.50."""

_SAID_OF_IT = re.compile(r"\(.*?\)")  # "(en)": the voice was changed for a word
_NO_SOUND = re.compile(r"[ˈˌː\s\-_|.,'ʲ‿͡]")
"""Stress, length and ties: what two transcriptions of the same sound differ in first."""


class Espeak:
    """The library, loaded. Any thread.

    Args:
        library: as the dynamic linker finds it.
        data: its data folder; None: its own.

    Raises:
        OSError: there is none, or it does not find its data.

    """

    def __init__(self, library: str, data: str | None = None) -> None:
        self._lock = threading.Lock()
        self._library: Any = ctypes.CDLL(library)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [
            ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_int,
            ctypes.c_int,
        ]
        self._voice = ""
        self._library.espeak_ng_InitializePath(data.encode() if data is not None else None)
        # `espeak_Initialize` says that all is well where the data is missing, and the next call ends the process.
        if self._library.espeak_ng_Initialize(None) != OK:
            raise OSError(f"{library} does not find its data")

    def speaks(self, language: str) -> bool:
        """Whether it has a voice for a Whisper language code."""
        with self._lock:
            return self._has_voice(language)

    def phonemes(self, text: str, language: str) -> str:
        """The sounds of a text in IPA, without stress, length and spaces; empty where it has no voice for it.

        Takes 80 µs a word.
        """
        with self._lock:
            if not self._has_voice(language):
                return ""
            at = ctypes.c_char_p(text.replace("\0", " ").encode())
            said = []
            while at.value:  # a clause at a time; the pointer is None after the last
                clause = self._library.espeak_TextToPhonemes(ctypes.byref(at), UTF8, IPA)
                said.append(clause.decode(errors="ignore") if clause else "")
        return _NO_SOUND.sub("", _SAID_OF_IT.sub("", "".join(said)))

    def _has_voice(self, language: str) -> bool:
        voice = VOICES.get(language, language)
        if voice != self._voice:
            self._voice = voice if self._library.espeak_SetVoiceByName(voice.encode()) == 0 else ""
        return bool(self._voice)


@cache
def find_espeak() -> Espeak | None:
    """The library, loaded when first asked for; None where there is none that works."""
    try:
        return Espeak(SYSTEM_LIBRARY)
    except OSError:
        pass  # not installed, or without its data
    if importlib.util.find_spec(LOADER) is None:
        return None
    loader = importlib.import_module(LOADER)
    try:
        return Espeak(loader.get_library_path(), loader.get_data_path())
    except OSError as error:
        log.warning("espeak-ng of the package %s does not load: %s", LOADER, error)
        return None
