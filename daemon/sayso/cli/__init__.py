"""The command line: one module a command or family of them, each with `add_to` (its options) and `execute`."""

from __future__ import annotations

from sayso.interruption import at_once


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    with at_once():
        from sayso.cli.command_line import execute  # noqa: PLC0415  # takes a while, in which Ctrl-C may come

        return execute(arguments)
