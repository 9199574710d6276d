"""The doctor's check of the service, on a real `systemd --user`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.rig.phrases import SAYSO
from tests.desktop.systemd.manager import UNIT, UserSession, missing

PYTHON = SAYSO.with_name("python")
# As `sayso doctor` is called: the name of the program decides what an installation of it would start.
CHECK = f"""
import json, sys
sys.argv[0] = {str(SAYSO)!r}
from sayso.config import load_settings
from sayso.doctor.units import check_units
for finding in check_units(load_settings(None)):
    print(json.dumps([finding.light, finding.message, finding.remedy, dict(finding.facts)]))
"""
GREEN, AMBER, RED = 0, 1, 2


@pytest.fixture
def session(store: Path) -> Iterator[UserSession]:
    """A person's home with systemd, logged in."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with UserSession(store) as one:
        one.log_in()
        yield one


def check(session: UserSession) -> list[list[Any]]:
    return [json.loads(line) for line in session.run(str(PYTHON), "-c", CHECK).splitlines()]


def test_the_service_is_followed_from_before_it_is_installed_until_it_fails(session: UserSession) -> None:
    (found,) = check(session)
    assert (found[0], found[2]) == (AMBER, "Install it: sayso install")

    session.sayso("install", "--no-start")
    (found,) = check(session)
    assert (found[0], found[1]) == (AMBER, "installed, and does not run")

    unit = session.home / ".config/systemd/user" / UNIT
    (unit.parent / "default.target.wants" / UNIT).unlink()
    assert "it does not start at login" in [one[1] for one in check(session)]

    session.sayso("install", "--no-start")
    unit.write_text(unit.read_text() + "# mine\n")
    messages = " ".join(one[1] for one in check(session))
    assert "~/.config/systemd/user/sayso.service was changed by hand" in messages
    assert str(session.home) not in messages

    unit.unlink()
    session.sayso("install", "--no-start")
    session.change("fails", "Type=exec", "ExecStart=", "ExecStart=/bin/false", "Restart=no")
    session.systemctl("daemon-reload")
    session.systemctl("start", UNIT, check=False)
    worst = check(session)[0]
    assert (worst[0], worst[1]) == (RED, "it has failed (exit-code)")
    assert "journalctl --user -u" in worst[2]
    assert worst[3]["Result"] == "exit-code"
