from __future__ import annotations

import re
from pathlib import Path
from typing import get_origin, get_type_hints

import pytest

import sayso
from sayso.config import Settings, load_settings
from sayso.config.load import default_file
from sayso.config.schema import schema

PACKAGE = Path(sayso.__file__).parent
LINE = re.compile(r"(?P<indent> *)(?P<name>\w+):(?: +(?P<value>\S+) +# (?P<comment>.+))?")


def default_lines() -> dict[str, re.Match[str]]:
    """Dotted name → its line in the file, read without the code under test."""
    lines: dict[str, re.Match[str]] = {}
    section = ""
    for text in default_file(PACKAGE).read_text(encoding="utf-8").splitlines():
        if not text or text.startswith("#"):
            continue
        line = LINE.fullmatch(text)
        assert line is not None, f"neither a section nor a setting with a comment: {text!r}"
        if line["value"] is None:
            section = f"{line['name']}."
        else:
            lines[(section if line["indent"] else "") + line["name"]] = line
    return lines


def test_the_file_has_exactly_the_settings_of_the_schema_in_its_order() -> None:
    assert list(default_lines()) == list(schema().kinds)


@pytest.mark.parametrize("key", schema().kinds)
def test_the_comment_of_a_setting_says_what_it_does_and_what_is_allowed(key: str) -> None:
    comment = default_lines()[key]["comment"].replace("all cores up to 4", "").replace("16000, else the", "")
    kind = schema().kinds[key]
    assert len(comment.split()) > 3
    for word in kind.allowed.replace("auto or ", "").split(" or "):
        assert word in comment
    assert ("auto" in comment) >= ("auto" in kind.allowed)


def test_every_default_has_the_type_of_its_field(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.touch()
    settings = load_settings(empty)
    for name, section in get_type_hints(Settings).items():
        value = getattr(settings, name)
        assert isinstance(value, get_origin(section) or section)
        if name in schema().sections:
            for field, hint in get_type_hints(section).items():
                assert isinstance(getattr(value, field), hint)


def test_no_setting_has_a_second_default_in_its_dataclass() -> None:
    with pytest.raises(TypeError, match=r"\d+ required positional arguments"):
        Settings()  # type: ignore[call-arg]  # the point of the test


def test_the_file_in_the_installed_package_goes_before_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "daemon" / "sayso"
    package.mkdir(parents=True)
    assert default_file(package) == tmp_path / "config" / "default.yaml"
    (package / "default.yaml").touch()
    assert default_file(package) == package / "default.yaml"
