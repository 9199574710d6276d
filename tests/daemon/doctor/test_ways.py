"""The other ways of typing are opened, told with what they can do, and closed; that one lacks is no fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso import desktop
from sayso.config import Settings
from sayso.desktop import Kind
from sayso.doctor import Light
from sayso.doctor.ways import check_ways
from sayso.errors import TypistError
from sayso.typist import Abilities, Typist
from sayso.typist.recording import RecordingTypist


class Method(RecordingTypist):
    """An input method."""

    closed = False
    missing: str | None = None

    @property
    def abilities(self) -> Abilities:
        return Abilities(unicode=True, delete=True, preedit=True)

    def absence(self) -> str | None:
        return self.missing

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "find_display", lambda: ":7")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_a_way_that_is_there_says_what_it_can_do_and_is_closed(default_settings: Settings) -> None:
    method = Method()
    (finding,) = check_ways(default_settings, lambda: Kind.X11, lambda name: method)
    assert (finding.part, finding.light) == ("typing by ibus", Light.GREEN)
    assert "any character, takes back, shows what may still change" in finding.message
    assert method.closed


def test_a_way_that_is_not_there_is_told_and_is_no_fault(default_settings: Settings) -> None:
    def refuse(name: str) -> Typist:
        raise TypistError(f"no {name} runs")

    found = list(check_ways(default_settings, lambda: Kind.WAYLAND, refuse))
    assert [finding.part for finding in found] == ["typing by ibus", "typing by portal", "typing by uinput"]
    assert {finding.light for finding in found} == {Light.GREEN}
    assert "no portal runs" in found[1].message


def test_a_way_that_knows_why_it_cannot_says_so_and_is_closed(default_settings: Settings) -> None:
    method = Method()
    method.missing = "no daemon"
    (finding,) = check_ways(default_settings, lambda: Kind.X11, lambda name: method)
    assert "no daemon" in finding.message
    assert method.closed


@pytest.mark.parametrize("backend", ["stdout", "x11", "recording"])
def test_where_a_backend_is_named_no_other_is_tried(default_settings: Settings, backend: str) -> None:
    settings = replace(default_settings, typist=replace(default_settings.typist, backend=backend))
    assert list(check_ways(settings, lambda: Kind.X11, lambda _: pytest.fail("opened"))) == []
