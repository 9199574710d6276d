"""The command line: what makes no sense is refused with what may have been meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso import __version__
from sayso.cli import command_line
from sayso.cli.command_line import make_parser

COMMANDS = [
    *("run", "start", "stop", "toggle", "cancel", "undo", "here", "back", "copy", "status"),
    *("demo", "replay", "transcribe", "history", "correct", "edited", "review", "vocabulary", "enrol"),
    *("learning", "forget", "stats", "models", "bench", "doctor", "indicator", "install", "uninstall"),
]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["rply"], "unknown 'rply'; did you mean 'replay'?"),
        (["transcribee"], "unknown 'transcribee'; did you mean 'transcribe'?"),
        (["xyzzy"], f"unknown 'xyzzy'; there are: {', '.join(COMMANDS)}"),
        ([], "required: COMMAND"),
        (["models"], "required: ACTION"),
        (["models", "lst"], "unknown 'lst'; did you mean 'list'?"),
        (["models", "rm"], "required: NAME"),
        (["replay"], "required: FILE"),
        (["transcribe"], "required: FILE"),
        (["replay", "x.wav", "--hold", "x"], "'x' is not a number of milliseconds from 0 to 60000"),
        (["replay", "x.wav", "--hold", "60001"], "'60001' is not a number of milliseconds"),
        (["replay", "x.wav", "--hold", "1.5"], "'1.5' is not a number of milliseconds"),
        (["replay", "x.wav", "--pace", "clok"], "unknown 'clok'; did you mean 'clock'?"),
        (["transcribe", "x.wav", "--format", "jsn"], "unknown 'jsn'; did you mean 'json'?"),
        (["run", "--mode", "holding"], "unknown 'holding'; did you mean 'hold'?"),
        (["transcribe", "x.wav", "--mod", "base"], "unrecognized arguments: --mod"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_one_complaint_and_status_2(
    sayso: Run, arguments: list[str], complaint: str
) -> None:
    ran = sayso(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    first, see = ran.err.strip().split("\n")
    assert complaint in first
    assert see.startswith("See: sayso")
    assert see.endswith("--help")


def test_the_version_is_that_of_the_package(sayso: Run) -> None:
    ran = sayso("--version")
    assert (ran.status, ran.out) == (0, f"sayso {__version__}\n")


def test_help_names_every_command(sayso: Run) -> None:
    ran = sayso("--help")
    assert ran.status == 0
    words = {line.strip().partition(" ")[0] for line in ran.out.splitlines()}
    assert all(command in words for command in COMMANDS)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--model", "tiny.em"], "no model 'tiny.em'; did you mean 'tiny.en'?"),
        (["--engine", "ctranslate"], "did you mean 'ctranslate2'?"),
        (["--device", "tpu"], "allowed: auto, cpu, cuda"),
        (["--language", "de"], "does not know language 'de'"),
        (["--language", "klingon"], "klingon"),
        (["--config", "/no/such/file.yaml"], "/no/such/file.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_status_1(
    sayso: Run, demo_file: Path, options: list[str], complaint: str
) -> None:
    ran = sayso("transcribe", demo_file, *options)
    assert ran.status == 1
    assert complaint in ran.err
    assert ran.err.startswith("sayso: ")
    assert "Traceback" not in ran.err


def test_a_settings_file_with_a_mistake_is_named_with_its_line(
    sayso: Run, demo_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mode: hands-free\nvad:\n  treshold: 0.5\n")
    ran = sayso("transcribe", demo_file, "--config", file)
    assert ran.status == 1
    assert f"{file}:3" in ran.err
    assert "vad.threshold" in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_alone_is_understood_as_among_all_of_them(command: str) -> None:
    assert command_line.COMMANDS.keys() == set(COMMANDS)
    for parser in (make_parser(command), make_parser()):
        assert f"\n    {command}" in parser.format_help()
