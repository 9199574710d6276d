"""The languages that Whisper knows, and which of them may be spoken."""

from __future__ import annotations

from dataclasses import dataclass

WHISPER_LANGUAGES = tuple(
    """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr
    bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn
    yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
    yue
    """.split()  # noqa: SIM905  # a hundred quoted strings are not easier to read
)
"""Codes of openai/whisper's multilingual vocabulary in the order of its tokens (`whisper/tokenizer.py`); the last,
`yue`, only in large-v3 and turbo."""

UNSPACED_LANGUAGES = frozenset(("zh", "ja", "th", "lo", "my", "yue"))
"""Written without spaces between words, as faster-whisper's tokenizer splits them."""

AUTO, LAYOUT = "auto", "layout"


@dataclass(frozen=True, slots=True)
class Languages:
    """Which languages may be spoken, as the setting `language` says.

    Attributes:
        allowed: Whisper codes; empty for any.
        follows_layout: the keyboard's layout says which one, utterance by utterance; `allowed` is empty then.

    """

    allowed: tuple[str, ...] = ()
    follows_layout: bool = False

    @property
    def fixed(self) -> str | None:
        """The language where there is only one, else None."""
        return self.allowed[0] if len(self.allowed) == 1 else None

    def __str__(self) -> str:
        """As the setting has it."""
        return LAYOUT if self.follows_layout else ",".join(self.allowed) or AUTO


ANY = Languages()


def parse_languages(text: str) -> Languages:
    """Read `auto`, `layout`, or codes with commas between.

    Raises:
        ValueError: its text is the part that is none of these.

    """
    if text in (AUTO, LAYOUT):
        return Languages(follows_layout=text == LAYOUT)
    codes = tuple(dict.fromkeys(code.strip() for code in text.split(",")))
    for code in codes:
        if code not in WHISPER_LANGUAGES:
            raise ValueError(code if len(codes) > 1 else text)
    return Languages(codes)
