from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sayso import paths
from sayso.config import changed, load_settings
from sayso.config.schema import schema
from sayso.errors import ConfigError

unhurried = settings(deadline=None)  # each example reads files; a busy machine is no failure

KEYS = st.sampled_from(list(schema().kinds))
MARKS = r"""[ ] { } , - ? : " ' \ | > |9 # % @ ` = <<: *a &a !!int !x !<y> %YAML --- ... \U \x4 \uD800"""
WORDS = (
    "vad: engine: hotkeys: toggle: super+ f9 mode threshold: hold 0.5 300 yes null ~ .nan .inf 1:30 0x1F FFFFFFFF"
)
SPACES = ["\n", "  ", "\t", "\r", "\x00", "\x85", "\u2028", "\ufeff", "\u00e9", "\U0001d7dd"]
PIECES = st.sampled_from([*MARKS.split(" "), *WORDS.split(" "), *SPACES])
NEAR_YAML = st.lists(PIECES, max_size=25).map("".join)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config") / "config.yaml"


def complaints(file: Path, data: bytes, options: Mapping[str, str] | None = None) -> list[str]:
    """The lines of the error, none where the settings load."""
    file.write_bytes(data)
    try:
        load_settings(file, options)
    except ConfigError as error:
        return str(error).split("\n")
    return []


@unhurried
@given(text=st.one_of(st.text(), NEAR_YAML))
@example(text='"\\UFFFFFFFF"')
@example(text="%YAML " + "9" * 5000 + ".1\n--- {}")
def test_any_text_either_loads_or_is_a_located_config_error(file: Path, text: str) -> None:
    lines = complaints(file, text.encode("utf-8", "surrogatepass"))
    assert all(line.startswith(paths.shown(file)) for line in lines)


@unhurried
@given(data=st.binary())
def test_any_bytes_either_load_or_are_a_located_config_error(file: Path, data: bytes) -> None:
    assert all(line.startswith(paths.shown(file)) for line in complaints(file, data))


@unhurried
@given(options=st.dictionaries(st.one_of(KEYS, st.text()), st.text(), max_size=4))
def test_any_options_either_load_or_are_a_config_error_naming_the_command_line(
    file: Path, options: dict[str, str]
) -> None:
    assert all(line.startswith("command line: ") for line in complaints(file, b"", options))


@unhurried
@given(
    hop_ms=st.integers(50, 5_000),
    threshold=st.floats(0, 1),
    threads=st.one_of(st.none(), st.integers(1, 1_024)),
)
def test_every_value_in_range_arrives_as_it_was_written_and_is_all_that_changes(
    file: Path, hop_ms: int, threshold: float, threads: int | None
) -> None:
    file.write_bytes(b"")
    defaults = load_settings(file)
    vad = f"vad: {{threshold: {threshold}}}\n"
    file.write_text(f"{vad}streaming: {{hop_ms: {hop_ms}}}\nengine: {{threads: {threads or 'auto'}}}\n")
    new = load_settings(file)
    got = (new.streaming.hop_ms, new.vad.threshold, new.engine.threads)
    assert got == (hop_ms, threshold, threads)
    assert changed(defaults, new) <= {"streaming.hop_ms", "vad.threshold", "engine.threads"}


@unhurried
@given(key=KEYS, position=st.integers(0, 40))
def test_a_setting_that_lost_one_letter_is_suggested_by_its_full_name(file: Path, key: str, position: int) -> None:
    leaf = key.rpartition(".")[2]
    cut = position % len(leaf)
    wrong = key[: len(key) - len(leaf)] + leaf[:cut] + leaf[cut + 1 :]
    (line,) = complaints(file, b"", {wrong: "x"})
    assert f"'{key}'" in line
