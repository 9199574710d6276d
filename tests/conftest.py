"""What holds for all tests."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator

import pytest

FIGURE = "figure"

# Whoever starts us in a shell's background has SIGINT ignored, and so would every program that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, whether or not it was good enough."""
    ended = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    figures = [text for report in ended for name, text in report.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(str(figure))


@pytest.fixture(autouse=True)
def no_log_of_another_test() -> Iterator[None]:
    """A command has its log written to standard error, which is the test's, and closed after it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Put a line among the figures that are printed at the end."""
    return lambda text: record_property(FIGURE, text)
