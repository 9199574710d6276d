"""Which language an utterance is in, where several may be: a pure decision.

Whisper tells the language of what it hears as probabilities, on little speech with little ground: of a second it
may say anything. Who dictates goes on in the language of the sentence before, so that one is kept until another is
much likelier: by far where little has been heard, clearly where more has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SHORT_SECONDS = 1.0  # of voice: what is told of less is hardly worth more than a guess
SHORT_RATIO = 20.0  # so many times likelier must another be then …
RATIO = 2.0  # … and so many times after that
SURE = 0.6  # among those that may be spoken, from which the utterance is in that language to its end


@dataclass(frozen=True, slots=True)
class Choice:
    """A language, and whether it is for the rest of the utterance."""

    code: str
    is_sure: bool


def choose(
    allowed: Collection[str], probabilities: Mapping[str, float], before: str | None, voiced_seconds: float
) -> Choice:
    """Choose the language to decode in.

    Args:
        allowed: Whisper codes; empty for any that the model knows.
        probabilities: by the model, of all that it knows; not empty.
        before: the language of the utterance before; None where there was none.
        voiced_seconds: how much voice the utterance has had.

    """
    among = {code: p for code, p in probabilities.items() if not allowed or code in allowed} or dict(probabilities)
    best = max(among, key=among.__getitem__)
    is_short = voiced_seconds < SHORT_SECONDS
    chosen = best
    if before in among and among[best] < among[before] * (SHORT_RATIO if is_short else RATIO):
        chosen = before
    share = among[best] / (sum(among.values()) or 1.0)
    return Choice(chosen, is_sure=not is_short and (chosen == before or share >= SURE))
