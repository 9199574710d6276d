"""What a profile asks for in vain is told when the service starts, and after each reload until it is put right."""

from __future__ import annotations

from pathlib import Path

from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.waiting import until

TOLD = "config-invalid"


def test_a_language_or_backend_that_cannot_be_had_is_told_until_it_is_put_right(desk: Desk) -> None:
    path = Path(desk.sound.env["XDG_CONFIG_HOME"], "sayso", "applications.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("gedit: {language: de}\n")
    with desk.serve() as service:
        until(lambda: TOLD in desk.busctl.status["problems"], "the language to be told")
        message = desk.busctl.status["problems"][TOLD]
        assert "gedit: language: de has no effect, as the model 'tiny.en' knows en only" in message
        path.write_text("gedit: {language: en, backend: uinput}\n")
        service.reload("")
        until(
            lambda: "gedit: backend: uinput" in desk.busctl.status["problems"].get(TOLD, ""),
            "the backend to be told",
        )
        assert "language" not in desk.busctl.status["problems"][TOLD]
        path.write_text("gedit: {language: en, backend: ibus}\n")
        service.reload("")
        until(lambda: TOLD not in desk.busctl.status["problems"], "nothing to be told")
