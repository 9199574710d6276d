from __future__ import annotations

import builtins
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from tests.daemon.figures.made import SECRET, TERMS, empty, made

from sayso.errors import EngineError, StorageError
from sayso.figures.picture import draw

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is written in the pictures that are drawn."""
    written: list[str] = []
    save = Figure.savefig

    def look(figure: Figure, *arguments: Any, **options: Any) -> None:
        written.extend(text.get_text() for text in figure.findobj(Text))
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", look)
    return written


@pytest.mark.parametrize("days", [0, 1])
def test_a_picture_is_drawn_of_one_day_and_of_none(tmp_path: Path, days: int) -> None:
    path = tmp_path / "stats.png"
    draw(made(days) if days else empty(), path)
    assert path.read_bytes().startswith(PNG)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [path]


def test_names_of_applications_and_terms_are_in_it_and_no_other_text_of_the_person(
    tmp_path: Path, texts: list[str]
) -> None:
    draw(made(), tmp_path / "stats.png")
    assert {"Firefox", "$HOME and $PATH", "(not known)", *TERMS[:2]} <= set(texts)
    assert not any(SECRET in text for text in texts)
    assert "a very long name of an appl…" in texts
    assert TERMS[2][::-1] in texts, "what is written from right to left is drawn from left to right"
    assert "more" in texts, "the change is marked"


def test_what_matplotlib_tells_of_its_fonts_and_units_is_nobodys_business(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        draw(empty(), tmp_path / "stats.png")
        logging.getLogger("matplotlib.font_manager").info("generated new fontManager")
    assert caplog.messages == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="choose another --png"):
        draw(made(3), tmp_path / "no" / "stats.png")


@pytest.fixture
def _no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError("No module named 'matplotlib'")
        return real(name, *rest, **options)

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "__import__", refuse)
        for name in [name for name in sys.modules if name.startswith("matplotlib")]:
            patched.delitem(sys.modules, name)
        yield


@pytest.mark.usefixtures("_no_matplotlib")
def test_without_matplotlib_the_extra_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"pip install 'sayso\[picture\]'"):
        draw(made(3), tmp_path / "stats.png")
