"""A pull that is interrupted is taken up where it was left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from tests.daemon.models.pulling.loopback_hub import COMMIT, WAIT_SECONDS, Fault, LoopbackHub
from tests.daemon.models.pulling.rig import HALF_BYTES, MINE, TOKEN, Pull, files_in

from sayso.errors import ModelError
from sayso.models import Model, ModelStore
from sayso.models.hub import PAUSES_SECONDS
from sayso.models.importing import COPIED_FILES


def test_where_the_connection_breaks_off_it_goes_on_from_there(
    hub: LoopbackHub, pulls: Pull, pauses: list[float]
) -> None:
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, times=2)]
    pulls()
    assert hub.ranges("model.bin") == [None, f"bytes={HALF_BYTES}-", f"bytes={2 * HALF_BYTES}-"]
    assert pauses == [PAUSES_SECONDS[0]] * 2


def test_where_it_makes_no_progress_it_is_given_up_and_the_next_pull_goes_on_with_what_there_is(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, pauses: list[float]
) -> None:
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, times=1), Fault("/model.bin", status=503)]
    with pytest.raises(ModelError, match=r"answers: error 503; try again later: what has been fetched is kept"):
        pulls()
    assert pauses == list(PAUSES_SECONDS)
    assert store.names() == []
    hub.faults, hub.requests = [], []
    pulls()
    assert hub.ranges("model.bin") == [f"bytes={HALF_BYTES}-"]
    assert hub.ranges("config.json") == []
    assert [path.name for path in store.root.iterdir()] == ["mine"]


def test_a_server_that_knows_no_ranges_gives_the_whole_file_again(hub: LoopbackHub, pulls: Pull) -> None:
    hub.faults = [
        Fault("/model.bin", stops_after=HALF_BYTES, times=1),
        Fault("/model.bin", ignores_range=True, times=1),
    ]
    pulls()
    assert hub.ranges("model.bin") == [None, f"bytes={HALF_BYTES}-"]


def test_what_belongs_to_an_earlier_commit_is_not_continued_and_not_kept(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, weights: bytes
) -> None:
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, times=1), Fault("/model.bin", status=503)]
    with pytest.raises(ModelError):
        pulls()
    before = {name for name in files_in(store) if name.startswith("model.bin")}
    hub.repositories[MINE]["model.bin"] = weights[:-1] + bytes([weights[-1] ^ 1])
    hub.requests = []
    hub.faults = [Fault("/model.bin", stops_after=1, times=1), Fault("/model.bin", status=503)]
    with pytest.raises(ModelError):
        pulls()
    assert hub.ranges("model.bin")[0] is None
    assert not before & files_in(store)


def test_two_processes_do_not_fetch_the_same_model_at_once(hub: LoopbackHub, pulls: Pull) -> None:
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, hangs=True, times=1)]
    made: list[Model] = []
    other = threading.Thread(target=lambda: made.append(pulls()))
    other.start()
    assert hub.has_stopped.wait(WAIT_SECONDS)
    with pytest.raises(ModelError, match=f"another process is pulling {MINE}; wait for it"):
        pulls()
    hub.may_go_on.set()
    other.join()
    assert [model.name for model in made] == ["mine"]


def in_a_process(store: ModelStore, endpoint: str, before: str = "") -> subprocess.Popen[str]:
    """`sayso models pull`, of which this environment says where."""
    code = f"import sys\n{before}\nfrom sayso.__main__ import main\nsys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, "models", "pull", MINE],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(store.root),
            "XDG_DATA_HOME": str(store.root.parents[1]),
            "HF_ENDPOINT": endpoint,
            "HF_TOKEN": TOKEN,
            "NO_PROXY": "*",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SAYS_HALF = """
from sayso.cli import models
def pull(what, hub, store, tell, pull=models.pull):
    return pull(what, hub, store, lambda there, total: there >= {half} and print("half", flush=True))
models.pull = pull
"""


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [
        (signal.SIGINT, 130, "sayso: what has been fetched is kept, and the same command goes on from there\n"),
        (signal.SIGTERM, 128 + signal.SIGTERM, ""),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_interrupted_in_the_middle_of_a_file_it_goes_on_there_the_next_time(
    hub: LoopbackHub, store: ModelStore, number: signal.Signals, status: int, says: str
) -> None:
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, hangs=True, times=1)]
    small = sum(len(data) for name, data in hub.repositories[MINE].items() if name in COPIED_FILES[1:])
    with in_a_process(store, hub.endpoint, SAYS_HALF.format(half=small + HALF_BYTES)) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "half\n"
        first.send_signal(number)
        assert first.communicate(timeout=WAIT_SECONDS) == ("", says)
        assert first.returncode == status
    assert store.names() == []
    with in_a_process(store, hub.endpoint) as second:
        assert second.communicate(timeout=WAIT_SECONDS) == (f"mine: {store.root}/mine\n", "")
    assert hub.ranges("model.bin") == [None, f"bytes={HALF_BYTES}-"]
    assert store.resolve("mine").manifest.origin.endswith(f"{MINE}@{COMMIT}")
    assert [path.name for path in store.root.iterdir()] == ["mine"]


def test_a_disk_that_is_full_in_the_middle_of_a_file_is_named_and_what_was_fetched_is_kept(
    hub: LoopbackHub, store: ModelStore
) -> None:
    # A file that may grow no further fails as a full disk does: at some write, with an error of the system.
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({HALF_BYTES}, {HALF_BYTES}))"
    with in_a_process(store, hub.endpoint, limit) as first:
        out, err = first.communicate(timeout=WAIT_SECONDS)
    assert (first.returncode, out) == (1, "")
    assert re.fullmatch(
        r"sayso: .*part cannot be written: File too large; make room, or set XDG_DATA_HOME .* is kept, .*\n", err
    )
    assert store.names() == []
    with in_a_process(store, hub.endpoint) as second:
        assert second.communicate(timeout=WAIT_SECONDS)[1] == ""
    assert hub.ranges("model.bin") == [None, f"bytes={HALF_BYTES}-"]
