"""Whether a recording fits what somebody made of its text: how likely the model holds both texts to be.

The model reads each text along with the audio, all tokens at once, and says how likely each was ("teacher
forcing"). What it recognised itself is what it holds likeliest, so what was really said has mostly less; a name
that it has never seen has much less. It is therefore told the words that were changed, as it is told a person's
terms; then a term that was said is nearly always likelier than what was heard instead of it, and one that was not
gains little. The difference is divided by the tokens that differ, so that one wrong word in a long sentence counts
as much as in a short one.

Measured with tiny.en, int8, on 32 clips of real speech (15 words of it misrecognised and put right; 448 other
changes) and on Piper's voice `joe` (149 terms misrecognised and put right, 147 times another term in their place):

| nats a token that differs                  | 5 %   | median | 95 %  |
|--------------------------------------------|-------|--------|-------|
| right: terms                               |  -0.7 |   +1.7 |  +5.0 |
| right: words of real speech                |  -3.0 |   -0.6 |  +1.0 |
| wrong: another term                        |  -8.9 |   -3.7 |  -0.9 |
| wrong: half of the sentence rewritten      |  -7.7 |   -5.3 |  -1.5 |
| wrong: an ending added ("walk", "walked")  | -14.7 |   -7.8 |  -2.6 |
| wrong: a word removed                      | -16.4 |   -9.3 |  -2.6 |
| wrong: another word with like letters      | -24.7 |  -14.3 |  -7.3 |
| wrong: another short word ("in", "on")     | -20.6 |  -14.5 |  -8.8 |
| wrong: a word inserted                     | -24.6 |  -18.1 | -10.4 |

At -1.0 and above are 93 % of the right ones and 2.5 % of the wrong; below -4.0 under 1 % of the right and 82 % of
the wrong. If it is not told the words, a limit that lets as many wrong ones pass costs a third of the right ones.
With base it is 89 % and 0.8 %, and 1 % and 82 %.
"""

from __future__ import annotations

from typing import Final

from sayso.audio import Pcm, seconds
from sayso.corrections.alignment import align, slice_of, words_of
from sayso.engines import Engine, Scored, Window, score

MOST_SECONDS: Final = 29.0  # of audio that the model hears at once
MOST_TOLD: Final = 6  # changed stretches that it is told; more lead it astray


class Acoustic:
    """Compares two texts by a recording. One thread at a time; each comparison costs about as much as a decode.

    Args:
        engine: decodes.
        language: Whisper code of what was said; None lets the model decide.

    """

    def __init__(self, engine: Engine, language: str | None = None) -> None:
        self._engine = engine
        self._language = language

    def margin(self, audio: Pcm, heard: str, meant: str) -> float | None:
        """How much likelier the audio makes the second text than the first.

        Args:
            audio: what was said, shape (n,).
            heard: what was recognised.
            meant: what was said according to the person.

        Returns:
            Nats a token that differs; None where the engine cannot tell, or the audio is too long for it.

        """
        if not 0 < seconds(len(audio)) <= MOST_SECONDS or not heard.strip() or not meant.strip():
            return None
        window = Window(audio, 0, vocabulary=_changed(heard, meant))
        scored = score(self._engine.session(self._language), window, (heard, meant))
        return None if scored is None else difference(*scored)


def difference(heard: Scored, meant: Scored) -> float:
    """How much likelier the second is, in nats a token that differs."""
    shorter = min(len(heard.tokens), len(meant.tokens))
    before = 0
    while before < shorter and heard.tokens[before] == meant.tokens[before]:
        before += 1
    after = 0
    while after < shorter - before and heard.tokens[-1 - after] == meant.tokens[-1 - after]:
        after += 1
    differ = max(len(heard.tokens), len(meant.tokens)) - before - after
    return (sum(meant.log_probabilities) - sum(heard.log_probabilities)) / max(1, differ)


def _changed(heard: str, meant: str) -> tuple[str, ...]:
    """The words of the second text that the first has not."""
    words = words_of(meant)
    parts = (slice_of(meant, words, b.meant_start, b.meant_end) for b in align(heard, meant) if not b.is_equal)
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_TOLD]
