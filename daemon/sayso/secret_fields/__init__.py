"""Whether what is typed now would be a secret: fields for passwords, and programs in terminals that ask for one.

`prompts.py` is the terminals' part. What cannot be seen: a password that is asked for on another machine (ssh,
mosh), in a container's own terminal, or by a program that sudo runs in a terminal of its own, as the terminal here
looks as under an editor then; one that a program reads in raw mode, as those written for Node do; fields of
applications that tell assistive technology nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from sayso.accessibility import Field
from sayso.accessibility.watch import AccessibilityWatch
from sayso.secret_fields.prompts import asks_for_password
from sayso.typist import Target
from sayso.x11.paste_keys import is_terminal


class SecretFields:
    """Looks where text is about to go.

    Args:
        watch: which object has the focus; None where accessibility is not used.
        asks: whether a program in a terminal asks for a password.

    """

    def __init__(
        self, watch: AccessibilityWatch | None, asks: Callable[[int, bool], bool] = asks_for_password
    ) -> None:
        self._watch = watch
        self._asks = asks

    def is_secret(self, target: Target) -> bool | None:
        """Whether what is typed at a target, which has the focus, would be a secret.

        Any thread but the watch's; blocks for 0.05 s at most where a program hangs, else for 1 to 3 ms.

        Returns:
            None where it is unknown, as with applications that tell nothing.

        """
        field = None if self._watch is None else self._watch.confirm()
        is_a_terminal = is_terminal(target.application) or is_terminal_field(field, target)
        return judge(field, target, is_a_terminal, self._asks(target.pid, is_a_terminal))


def is_of(field: Field | None, target: Target) -> bool:
    """Whether a field is one of the target's program, as far as both are known."""
    return field is not None and field.pid == target.pid != 0


def is_terminal_field(field: Field | None, target: Target) -> bool:
    """Whether a field is a terminal in one of the target's windows."""
    return field is not None and field.is_terminal and is_of(field, target)


def judge(field: Field | None, target: Target, is_a_terminal: bool, is_asked_for: bool) -> bool | None:
    """Decide whether what is typed would be a secret.

    Args:
        field: which has the focus, by accessibility; None where it is unknown.
        target: which has the focus, by the typing backend.
        is_a_terminal: the target is a terminal.
        is_asked_for: a program in one of its terminals asks for a password.

    Returns:
        None where it is unknown. That the two do not agree on the process makes a field for passwords no less
        one: of an application in a sandbox accessibility knows the process of a proxy.

    """
    if is_asked_for or (field is not None and field.is_password):
        return True
    return False if is_a_terminal or is_of(field, target) else None
