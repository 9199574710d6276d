"""Models from the hub: whole or not at all, taken up where they were left, refused with what to do next."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.models.loopback_hub import COMMIT, PAGE, WAIT_SECONDS, Fault, LoopbackHub, loopback_hub
from tests.daemon.weights.toy import TOKENIZER, toy_tensors

from sayso.errors import ModelError, SaysoError, StorageError
from sayso.models import Model, ModelStore
from sayso.models.hub import PAUSES_SECONDS, Hub, hub_of
from sayso.models.importing import COPIED_FILES, Kind
from sayso.models.pulling import pull, wanted
from sayso.models.repository import RemoteFile, Repository, needed
from sayso.weights import ctranslate2_file
from sayso.wheels import OFFLINE_MODELS
from sayso_trainer.convert import checkpoint

MINE = "somebody/faster-whisper-mine"
SMALL = "Systran/faster-whisper-small"
TOKEN = "hf_thisisnotforanybodytosee"
HALF_BYTES = 3_000_000  # of a model.bin of 6.9 MB

Pull = Callable[..., Model]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A `model.bin` of 7 MB."""
    path = tmp_path_factory.mktemp("toy") / "model.bin"
    ctranslate2_file.write(path, toy_tensors())
    return path.read_bytes()


@pytest.fixture
def hub(weights: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """A hub with two small models."""
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_hub() as served:
        for name in (MINE, SMALL):
            served.repositories[name] = {
                "README.md": b"# mine",
                "config.json": b'{"suppress_ids": []}',
                "tokenizer.json": TOKENIZER,
                "vocabulary.txt": b"a\n",
                "model.bin": weights,
            }
        yield served


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "sayso" / "models")


@pytest.fixture
def pauses() -> list[float]:
    """What would have been waited."""
    return []


@pytest.fixture
def pulls(hub: LoopbackHub, store: ModelStore, pauses: list[float]) -> Pull:
    """Pull from the hub into the store."""

    def run(
        model: str = MINE,
        name: str | None = None,
        *,
        token: str = "",
        room: int = 1 << 40,
        seconds: float = 30,
        tell: Callable[[int, int], None] = lambda there, total: None,
    ) -> Model:
        client = Hub(hub.endpoint, token, patience_seconds=seconds, pause=pauses.append)
        return pull(wanted(model, name), client, store, tell, free=lambda folder: room)

    return run


def files_in(store: ModelStore) -> set[str]:
    """All that is below the store."""
    return {path.name for path in store.root.rglob("*") if path.is_file()}


# ── what comes ────────────────────────────────────────────────────────────────────────────────────


def test_a_known_model_comes_with_its_origin_and_licence_and_nothing_else_is_fetched_or_left(
    hub: LoopbackHub, pulls: Pull, store: ModelStore
) -> None:
    told: list[tuple[int, int]] = []
    model = pulls("small", tell=lambda there, total: told.append((there, total)))
    assert store.resolve("small") == model
    manifest = model.manifest
    assert manifest.origin == f"127.0.0.1:{hub.port}: {SMALL}@{COMMIT}"
    assert (manifest.licence, manifest.languages, manifest.mel_bins) == ("MIT", ("en",), 80)
    assert set(manifest.sha256) == {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}
    assert hub.ranges("README.md") == []
    assert [path.name for path in store.root.iterdir()] == ["small"]
    total = sum(len(data) for name, data in hub.repositories[SMALL].items() if name in COPIED_FILES)
    assert told == sorted(told)
    assert told[-1] == (total, total)


def test_a_repository_is_called_after_itself_and_has_the_licence_of_its_card(
    hub: LoopbackHub, pulls: Pull
) -> None:
    assert (pulls().name, pulls(name="other").manifest.licence) == ("mine", "apache-2.0")
    hub.licence = None
    assert pulls(name="third").manifest.licence == ""


def test_floors_that_were_measured_of_the_very_weights_are_known_under_any_name(
    hub: LoopbackHub, pulls: Pull, tiny: Model
) -> None:
    hub.repositories[MINE] = {
        path.name: path.read_bytes() for path in tiny.folder.iterdir() if path.name in COPIED_FILES
    }
    assert pulls().manifest.floors == OFFLINE_MODELS["tiny.en"].floors
    hub.repositories[MINE] = hub.repositories[SMALL]
    assert pulls(name="other").manifest.floors == {}


def test_a_checkpoint_of_transformers_is_converted_and_what_could_run_code_is_not_fetched(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, tiny: Model, tmp_path: Path
) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    checkpoint.write(tiny, folder)
    hub.repositories["openai/whisper-mine"] = {path.name: path.read_bytes() for path in folder.iterdir()} | {
        "pytorch_model.bin": b"\x80\x04"
    }
    model = pulls("openai/whisper-mine")
    ours, theirs = (ctranslate2_file.read(made.folder / "model.bin") for made in (tiny, model))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert hub.ranges("pytorch_model.bin") == []
    assert [path.name for path in store.root.iterdir()] == ["mine"]


def repository(*names: str) -> Repository:
    files = tuple(RemoteFile(name, size, "", "0" * 40) for size, name in enumerate(reversed(names)))
    return Repository(MINE, COMMIT, files, "")


def test_of_a_checkpoint_in_pieces_all_pieces_are_needed_and_small_files_come_first() -> None:
    pieces = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    names = [
        *pieces,
        "model.fp32-00001-of-00002.safetensors",
        "model.safetensors.index.json",
        "flax_model.msgpack",
    ]
    kind, files = needed(repository(*names, "tokenizer.json", "config.json", "onnx/model.safetensors"))
    assert kind is Kind.TRANSFORMERS
    assert [file.name for file in files] == [
        "config.json",
        "tokenizer.json",
        "model.safetensors.index.json",
        *reversed(pieces),
    ]


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        (("config.json", "tokenizer.json", "pytorch_model.bin"), "lacks model.safetensors,"),
        (("config.json", "tokenizer.json", "model.safetensors.index.json"), "lacks model.safetensors,"),
        (("config.json", "model.bin"), "lacks tokenizer.json,"),
        (("README.md",), "lacks config.json, tokenizer.json, model.safetensors,"),
    ],
)
def test_a_repository_without_what_a_model_needs_is_refused(names: tuple[str, ...], lacks: str) -> None:
    with pytest.raises(ModelError, match=re.escape(lacks)):
        needed(repository(*names))


# ── interrupted ───────────────────────────────────────────────────────────────────────────────────


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


# ── refused ───────────────────────────────────────────────────────────────────────────────────────

GATED = {"X-Error-Code": "GatedRepo"}
PAGE_HEADERS = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault("-mine", 401),
            r"has no somebody/faster-whisper-mine that can be read without an HF_TOKEN; look for",
        ),
        (Fault("-mine", 404), r"has no somebody/faster-whisper-mine that can be read without"),
        (
            Fault("-mine", 403),
            r"is gated.*accept its terms at http://127.*/somebody/faster-whisper-mine, set HF_TOKEN",
        ),
        (Fault("/model.bin", 401, GATED), r"is gated, or not for this HF_TOKEN: accept its terms at"),
        (Fault("-mine", 407), r"the proxy wants a password: set https_proxy"),
        (Fault("-mine", 429), r"too many requests from here; try again later"),
        (Fault("-mine", 500), r"answers: error 500; try again later.*sayso models import tiny\.en"),
        (Fault("/model.bin", 502), r"answers: error 502; try again later: what has been fetched is kept"),
        (Fault("-mine", 418), r"answers: error 418"),
        (
            Fault("-mine", 200, PAGE_HEADERS, PAGE),
            r"answers in its place, as a proxy.*open http://127.*in a browser",
        ),
        (Fault("-mine", 200, {}, b"[]"), r"something that is not 127\.0\.0\.1:\d+ answers in its place"),
        (
            Fault("-mine", 200, {}, b'{"id": "a/b"}'),
            r"something that is not 127\.0\.0\.1:\d+ answers in its place",
        ),
        (
            Fault("-mine", stops_after=20),
            r"the connection to 127\..* broke off; try again later",
        ),
        (Fault("/model.bin", 200, PAGE_HEADERS, PAGE), r"something that is not 127.*answers in its place"),
        (Fault("/model.bin", 200, PAGE_HEADERS), r"something that is not 127.*answers in its place"),
        (Fault("/model.bin", 200, {}, PAGE), r"something that is not 127.*answers in its place"),
        (Fault("/model.bin", 200, {}, b"x" * 8_000_000), r"something that is not 127.*answers in its place"),
        (
            Fault("/vocabulary.txt", 200, {}, b"b\n"),
            r"vocabulary\.txt of .* came damaged .*run the same command again",
        ),
    ],
    ids=lambda value: f"{value.status} {value.ends}" if isinstance(value, Fault) else "",
)
def test_what_the_hub_does_not_give_is_named_with_what_to_do_next_and_the_store_stays(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, fault: Fault, message: str
) -> None:
    hub.faults = [fault]
    with pytest.raises(ModelError, match=message) as refused:
        pulls()
    assert "\n" not in str(refused.value)
    assert store.names() == []
    hub.faults = []
    assert pulls().name == "mine"


def test_what_a_proxy_says_in_the_middle_of_a_file_does_not_get_into_it(hub: LoopbackHub, pulls: Pull) -> None:
    hub.faults = [
        Fault("/model.bin", stops_after=HALF_BYTES, times=1),
        Fault("/model.bin", 200, PAGE_HEADERS, PAGE, times=1),
    ]
    with pytest.raises(ModelError, match="answers in its place"):
        pulls()
    pulls()
    assert hub.ranges("model.bin")[-1] == f"bytes={HALF_BYTES}-"


def test_weights_that_come_damaged_are_not_kept(hub: LoopbackHub, pulls: Pull, weights: bytes) -> None:
    damaged = weights[:-1] + bytes([weights[-1] ^ 1])
    hub.faults = [Fault("/model.bin", 200, {}, damaged, times=1)]
    with pytest.raises(ModelError, match=r"model\.bin of .* came damaged \(its checksum differs from the hub's\)"):
        pulls()
    assert pulls().manifest.sha256["model.bin"]
    assert hub.ranges("model.bin") == [None, None]


def test_a_hub_that_says_nothing_more_is_given_up(hub: LoopbackHub, pulls: Pull, store: ModelStore) -> None:
    hub.faults = [Fault("/model.bin", stops_after=0, hangs=True)]
    with pytest.raises(ModelError, match=r"sends nothing more \(0\.2 s\); try again later: what has been fetched"):
        pulls(seconds=0.2)
    hub.faults = [Fault("-mine", stops_after=0, hangs=True)]
    with pytest.raises(ModelError, match=r"sends nothing more \(0\.2 s\); try again later; without a network"):
        pulls(seconds=0.2)
    assert store.names() == []


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("http://127.0.0.1:9", r"127\.0\.0\.1:9 cannot be reached: Connection refused; check the network"),
        (
            "http://hub.invalid",
            r"hub\.invalid cannot be reached: its name, or that of the proxy, is not known here; check the net",
        ),
        ("hub.invalid", r"HF_ENDPOINT is set to what is no address here; unset it"),
        ("https://me:secret@hub.invalid", r"HF_ENDPOINT is set to what is no address here; unset it"),
    ],
)
def test_without_a_network_it_says_what_needs_none(
    store: ModelStore, endpoint: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(ModelError, match=message) as refused:
        pull(wanted("small", None), hub_of({"HF_ENDPOINT": endpoint}), store, lambda there, total: None)
    assert "secret" not in str(refused.value)
    if "reached" in message:
        assert "without a network there are: sayso models import tiny.en" in str(refused.value)


def test_a_proxy_of_the_environment_is_used_and_found_out_where_it_is_none(
    hub: LoopbackHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", hub.endpoint)
    hub.faults = [Fault("small", 200, PAGE_HEADERS, PAGE)]
    with pytest.raises(ModelError, match=r"something that is not hub\.invalid answers in its place"):
        pull(wanted("small", None), Hub("http://hub.invalid"), store, lambda there, total: None)
    assert hub.requests[0].path == f"http://hub.invalid/api/models/{SMALL}"


def test_the_token_goes_to_the_hub_and_nowhere_else(hub: LoopbackHub, pulls: Pull) -> None:
    elsewhere = f"http://localhost:{hub.port}/{SMALL}/resolve/{COMMIT}/model.bin"
    hub.faults = [Fault(f"{MINE}/resolve/{COMMIT}/model.bin", 302, {"Location": elsewhere}, b"")]
    pulls(token=TOKEN)
    sent = {request.path: request.authorization for request in hub.requests}
    assert sent.pop(f"/{SMALL}/resolve/{COMMIT}/model.bin") is None
    assert set(sent.values()) == {f"Bearer {TOKEN}"}
    hub.faults = [Fault("-mine", 404)]
    with pytest.raises(ModelError, match="can be read with this HF_TOKEN") as refused:
        pulls(name="other", token=TOKEN)
    assert TOKEN not in str(refused.value)
    with pytest.raises(ModelError, match="HF_TOKEN holds what no token has") as refused:
        pulls(name="other", token=f"{TOKEN}\nX-Other: 1")
    assert TOKEN not in str(refused.value)


def test_where_there_is_no_room_nothing_is_fetched(hub: LoopbackHub, pulls: Pull, store: ModelStore) -> None:
    with pytest.raises(StorageError, match=r"7 MB are to be written to .*models, where 5 MB are free; make room"):
        pulls(room=5_000_000)
    assert hub.ranges("model.bin") == []
    assert files_in(store) == set()
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES, times=1), Fault("/model.bin", 503, times=4)]
    with pytest.raises(ModelError):
        pulls(room=8_000_000)
    assert pulls(room=5_000_000).name == "mine"  # which is enough for the rest


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"config.json": b'{"model_type": "llama"}'}, r"holds a model of type 'llama', not Whisper"),
        ({"config.json": b'{"model_type": "whisper", "num_mel_bins": 40}'}, r"no Whisper model: 40 mel bins"),
        ({"config.json": b"{"}, r"config\.json of .* cannot be read"),
    ],
)
def test_what_says_that_it_is_no_whisper_is_refused_before_its_weights_are_fetched(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, changed: dict[str, bytes], message: str
) -> None:
    hub.repositories[MINE] |= changed
    with pytest.raises(ModelError, match=message):
        pulls()
    assert hub.ranges("model.bin") == []
    assert files_in(store) == set()


def test_weights_of_something_else_are_known_by_how_they_begin(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, weights: bytes
) -> None:
    hub.repositories[MINE]["model.bin"] = weights.replace(b"WhisperSpec", b"DecoderSpec", 1)
    hub.faults = [Fault("/model.bin", stops_after=HALF_BYTES)]
    with pytest.raises(ModelError, match=f"{MINE} holds 'DecoderSpec' of CTranslate2, not Whisper"):
        pulls()
    assert files_in(store) == set()


def test_weights_that_are_not_what_they_should_be_are_refused_whole_as_they_came(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, weights: bytes
) -> None:
    for damaged, message in (
        (weights[:-100], f"{MINE}/model.bin is cut short"),
        (
            weights.replace(b"encoder/conv1/weight\0", b"encoder/conv0/weight\0", 1),
            "does not hold a Whisper model",
        ),
    ):
        hub.repositories[MINE]["model.bin"] = damaged
        with pytest.raises(ModelError, match=message) as refused:
            pulls()
        assert ".pulls" not in str(refused.value)
        assert files_in(store) == set()


def test_a_name_that_is_taken_or_none_is_refused_before_anybody_is_asked(hub: LoopbackHub, pulls: Pull) -> None:
    pulls()
    hub.requests = []
    for name, message in (
        (None, "there is a model 'mine' already; remove it with: sayso models rm mine, or choose another --name"),
        ("a/b", "'a/b' cannot be the name of a model"),
        ("current", "'current' cannot be the name of a model"),
    ):
        with pytest.raises(ModelError, match=message):
            pulls(name=name)
    assert hub.requests == []


@pytest.mark.parametrize(
    "asked", ["smal", "https://huggingface.co/openai/whisper-small", "../x", "a/b/c", "", "-x/y"]
)
def test_what_is_neither_a_known_model_nor_a_repository_is_refused(asked: str) -> None:
    with pytest.raises(ModelError, match=r"is no model that is known by name; .*Known: tiny\.en, .*OWNER/NAME"):
        wanted(asked, None)


def test_a_name_that_is_nearly_one_is_suggested() -> None:
    with pytest.raises(ModelError, match="did you mean 'large-v3-turbo'"):
        wanted("large-v3-turb", None)


def test_a_store_that_cannot_be_written_is_named(hub: LoopbackHub, pulls: Pull, store: ModelStore) -> None:
    store.root.parent.mkdir()
    store.root.write_text("in the way")
    with pytest.raises(SaysoError, match=r"cannot be written: Not a directory .*XDG_DATA_HOME"):
        pulls()
    assert json.dumps(store.root.read_text()) == '"in the way"'
