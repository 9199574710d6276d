"""What cannot be pulled is named with what to do next, and the store stays as it was."""

from __future__ import annotations

import json

import pytest
from tests.daemon.models.pulling.loopback_hub import COMMIT, PAGE, Fault, LoopbackHub
from tests.daemon.models.pulling.rig import HALF_BYTES, MINE, SMALL, TOKEN, Pull, files_in

from sayso.errors import ModelError, SaysoError, StorageError
from sayso.models import ModelStore
from sayso.models.hub import Hub, hub_of
from sayso.models.pulling import pull, wanted

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
