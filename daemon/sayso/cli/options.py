"""Options that several commands share, and the settings they lead to."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import Final

from sayso.config import Settings, load_settings

OVERRIDES = {
    "engine": "engine.name",
    "model": "engine.model",
    "draft_model": "engine.draft_model",
    "device": "engine.device",
    "language": "language",
    "mode": "mode",
}
"""Option → the setting it overrides."""

MOST_DIGITS: Final = 18  # of a number that a dictation may have


def dictation_number(text: str) -> int:
    """The number of a dictation, as an argument."""
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of a dictation; sayso history has them")
    return int(text)


def add_settings_options(parser: argparse.ArgumentParser) -> None:
    """Add --config and the options that name engine, model, device and language."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file instead of your own")
    parser.add_argument("--engine", metavar="E", help="speech engine (engine.name)")
    parser.add_argument("--model", metavar="M", help="model in the store, or a folder (engine.model)")
    parser.add_argument("--device", metavar="D", help="auto, cpu, cuda (engine.device)")
    parser.add_argument("--language", metavar="L", help="Whisper language code, or auto")


def settings_from(options: argparse.Namespace) -> Settings:
    """Load the settings with the options of the command line laid over them, and start logging to stderr."""
    given = {
        key: str(value)
        for option, key in OVERRIDES.items()
        if (value := getattr(options, option, None)) is not None
    }
    settings = load_settings(options.config, given)
    logging.basicConfig(
        level=settings.log.level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    return settings
