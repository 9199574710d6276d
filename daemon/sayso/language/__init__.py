"""How an utterance is spoken: in which language, and with which terms of one's own.

The settings say it for all of them; whoever knows more about one (its window's profile) says it for that one.
Which language it is where several may be, `choice` decides by what the model and the utterance before say;
`layout` asks the keyboard.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.config import Settings
from sayso.languages import ANY, Languages, parse_languages


@dataclass(frozen=True, slots=True)
class Speech:
    """What is known of an utterance before it is heard.

    Attributes:
        languages: that may be spoken in it.
        vocabulary: terms that may be said in it, in whatever language, for their spelling; at most some 30.

    """

    languages: Languages = ANY
    vocabulary: tuple[str, ...] = ()


def speech_from(settings: Settings) -> Speech:
    """What the settings say of every utterance."""
    return Speech(parse_languages(settings.language), settings.vocabulary)
