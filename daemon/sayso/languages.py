"""The languages that Whisper knows."""

from __future__ import annotations

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
