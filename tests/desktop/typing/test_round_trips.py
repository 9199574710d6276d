"""How much an edit asks of the server: each answer waited for is time, most of it with the server grabbed."""

from __future__ import annotations

import threading

import pytest
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.bare_window import BareWindow
from tests.desktop.typing.conftest import Aim
from Xlib.protocol import rq

from sayso.events import Edit
from sayso.typist.x11 import X11Typist


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What this thread has asked the server, which answered; the clipboard's has its own connection."""
    asked: list[str] = []
    reply = rq.ReplyRequest.reply

    def counted(request: rq.ReplyRequest) -> None:
        if threading.current_thread() is threading.main_thread():
            asked.append(type(request).__name__)
        reply(request)

    monkeypatch.setattr(rq.ReplyRequest, "reply", counted)
    return asked


def test_two_letters_by_keys_take_seven_answers_at_most(
    x11: X11Rig, typist: X11Typist, aim: Aim, answers: list[str]
) -> None:
    with BareWindow(x11) as window:
        target = aim(window)
        typist.type(Edit(0, "ab"), target)
        answers.clear()
        typist.type(Edit(0, "ab"), target)
        assert len(answers) <= 7, answers


def test_a_paste_takes_fourteen_answers_at_most(
    typist: X11Typist, aim: Aim, xterm: XtermWindow, answers: list[str]
) -> None:
    target = aim(xterm)
    typist.type(Edit(0, "é"), target)
    answers.clear()
    typist.type(Edit(0, "é"), target)
    assert len(answers) <= 14, answers
