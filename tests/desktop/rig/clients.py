"""The service on the session bus, as programs see it that nobody here wrote: busctl, gdbus and pydbus."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.programs import COMMAND_SECONDS, SYSTEM_PYTHON, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until

NAME = "org.sayso.Dictation1"
OBJECT = "/org/sayso/Dictation1"
PATIENCE_SECONDS = 30.0


def _run(bus: BusRig, command: list[str]) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, **bus.env},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _plain(value: Any) -> Any:
    """A value of busctl's JSON without its variants."""
    if isinstance(value, dict):
        return (
            _plain(value["data"]) if value.keys() == {"type", "data"} else {k: _plain(v) for k, v in value.items()}
        )
    return [_plain(one) for one in value] if isinstance(value, list) else value


class Busctl:
    """Calls the service through busctl.

    Args:
        bus: the session bus.

    """

    def __init__(self, bus: BusRig) -> None:
        self._bus = bus
        self._busctl = [need("busctl", "systemd"), f"--address={bus.address}", "--json=short"]

    def call(self, method: str, *arguments: str) -> Any:
        """Call a method (a signature and values follow, as busctl takes them); returns what it answers."""
        printed = _run(self._bus, [*self._busctl, "call", NAME, OBJECT, NAME, method, *arguments])
        answer = _plain(json.loads(printed)) if printed.strip() else []
        return answer[0] if answer else None

    def read(self, name: str) -> Any:
        """Read a property."""
        return _plain(json.loads(_run(self._bus, [*self._busctl, "get-property", NAME, OBJECT, NAME, name])))

    @property
    def status(self) -> dict[str, Any]:
        """What GetStatus tells."""
        told: dict[str, Any] = self.call("GetStatus")
        return told

    def wait_for_state(self, *states: str) -> None:
        """Wait until the property State is one of these."""
        until(lambda: self.read("State") in states, f"the state {' or '.join(states)}")

    def wait_for_problem(self, name: str, *, over: bool = False) -> None:
        """Wait until there is a problem of that name, or until there is none."""
        until(
            lambda: (name in self.status["problems"]) is not over, f"the problem {name} {'over' if over else ''}"
        )

    def wait_for_service(self) -> None:
        """Wait until the service is on the bus."""
        command = [*self._busctl, "--quiet", "status", NAME]
        env = {**os.environ, **self._bus.env}
        until(
            lambda: subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0,
            f"{NAME} on the bus",
        )


class Listener(Rig):
    """A program that prints a line for each signal of the service. A context manager.

    Args:
        bus: the session bus.
        command: the program; it prints something as soon as it listens.

    """

    def __init__(self, bus: BusRig, *command: str) -> None:
        self._command = command
        self._changed = threading.Condition()
        self._printed = ""
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **bus.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _enter(self) -> None:
        self._wait(lambda: bool(self._printed), "it to listen")

    def _leave(self) -> None:
        self._process.terminate()
        self._process.wait(COMMAND_SECONDS)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65_536):
            with self._changed:
                self._printed += data.decode()
                self._changed.notify_all()

    def _wait(self, holds: Any, what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(holds, PATIENCE_SECONDS):
                pytest.fail(f"waited {PATIENCE_SECONDS:g} s for {what}\n{self._command}: {self._printed}")

    @property
    def lines(self) -> list[str]:
        """The whole lines that it has printed."""
        return [line.removesuffix("\n") for line in self._printed.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for(self, part: str) -> str:
        """Wait for a line with this in it; returns it."""
        self._wait(lambda: any(part in line for line in self.lines), f"{part!r}")
        return next(line for line in self.lines if part in line)

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()


def gdbus(bus: BusRig, method: str, *arguments: str) -> str:
    """Call a method through gdbus; returns the answer as it prints it."""
    command = [need("gdbus", "libglib2.0-bin"), "call", "--session", "--dest", NAME, "--object-path", OBJECT]
    return _run(bus, [*command, "--method", f"{NAME}.{method}", *arguments]).strip()


def gdbus_monitor(bus: BusRig) -> Listener:
    """The service's signals as gdbus prints them: `OBJECT: INTERFACE.SIGNAL (values)`."""
    command = [need("gdbus", "libglib2.0-bin"), "monitor", "--session", "--dest", NAME, "--object-path", OBJECT]
    return Listener(bus, *command)


def told_text(line: str) -> str:
    """The text in what `gdbus_monitor` prints: `…: org.sayso.Dictation1.Committed (uint64 1, 'text')`."""
    values = line.partition(" (")[2].replace("uint64 ", "")
    text: str = ast.literal_eval(f"({values}")[1]
    return text


def pydbus_client(bus: BusRig) -> Listener:
    """A client on pydbus: a method's name on its standard input calls it, each signal is a JSON line."""
    return Listener(bus, need(SYSTEM_PYTHON, "python3-pydbus"), str(Path(__file__).parent / "pydbus_client.py"))
