"""The spoken sample that ships with the package, and what is said in it."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Final

from sayso.audio import Pcm
from sayso.recording import read_recording

FILE: Final = "demo.flac"
TEXT: Final = (
    "Hello, you are watching dictation as it happens. The words appear while I am still speaking; what may still "
    "change is grey. When I stop, the sentence is finished at once. Nothing ever leaves this machine."
)


def audio() -> Pcm:
    """The sample, shape (n,), about 15 s."""
    with as_file(files("sayso") / FILE) as path:
        return read_recording(path)
