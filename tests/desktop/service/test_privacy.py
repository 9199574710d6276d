"""Nothing leaves the machine, and no library keeps a diary."""

from __future__ import annotations

from pathlib import Path

from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.service import OPENED, Service

# What makes libraries with telemetry believe that they are in a test, and keep still.
TEST_VARIABLES = ("CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "ORT_RUNNING_UNIT_TESTS", "PYTEST_CURRENT_TEST")


def test_nothing_is_sent_and_no_library_keeps_a_file_about_the_person(pulse: PulseRig, store: Path) -> None:
    for variable in TEST_VARIABLES:
        pulse.env.pop(variable, None)
    with Service(pulse, store, settings="mode: hands-free") as service:
        service.wait_for_line(OPENED)
        assert internet_sockets(service.process.pid) == set()
    home = Path(service.env["HOME"])
    asked = "state/sayso/learning"  # that the person was asked whether anything may be kept
    locks = ("state/sayso/journal.lock", "state/sayso/journal/key.lock")
    theirs = ("config/pulse/cookie", str(service.settings.relative_to(home)), asked, *locks)
    left = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert left - set(theirs) == set()


def internet_sockets(process_id: int) -> set[str]:
    """The inodes of a process's sockets that can reach another machine."""
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        rows = Path(f"/proc/{process_id}/net/{table}")
        if rows.exists():
            found |= {f"socket:[{row.split()[9]}]" for row in rows.read_text().splitlines()[1:]}
    return found & {str(link.readlink()) for link in Path(f"/proc/{process_id}/fd").iterdir() if link.is_symlink()}
