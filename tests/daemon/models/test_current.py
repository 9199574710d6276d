"""Which model is in use: chosen in one step, told when it is damaged, and the one before it taken then."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from sayso.errors import ModelError
from sayso.models import CURRENT, Model, ModelStore
from sayso.models.current import FIRST, Current, is_loaded, resolve


@pytest.fixture
def store(tmp_path: Path, tiny: Model) -> ModelStore:
    """A store with `tiny.en` and a copy of it named `mine`."""
    root = tmp_path / "models"
    for name in ("tiny.en", "mine"):
        shutil.copytree(tiny.folder, root / name)
    return ModelStore(root)


def damage(store: ModelStore, name: str) -> None:
    with (store.root / name / "model.bin").open("r+b") as file:
        file.seek(1_000)
        file.write(b"damage")


def test_where_nobody_has_chosen_it_is_the_one_that_comes_as_a_package(store: ModelStore) -> None:
    assert Current(store).name == FIRST
    assert resolve(store, CURRENT).folder == store.root / FIRST


def test_what_was_chosen_is_used_and_is_no_model_of_its_own(store: ModelStore) -> None:
    assert Current(store).use("mine").folder == store.root / "mine"
    assert resolve(store, CURRENT).folder == store.root / "mine"
    assert resolve(store, FIRST).folder == store.root / FIRST
    assert store.names() == ["mine", "tiny.en"]
    assert (store.root / CURRENT).readlink() == Path("mine")


def test_a_model_that_is_damaged_is_named_and_the_one_before_is_used(
    store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    Current(store).use("mine")
    damage(store, "mine")
    with caplog.at_level(logging.WARNING):
        assert resolve(store, CURRENT).folder == store.root / FIRST
    assert "mine/model.bin is damaged" in caplog.text
    assert "Until then 'tiny.en' is used, as before" in caplog.text


def test_where_the_one_before_is_damaged_too_the_first_fault_is_told(store: ModelStore) -> None:
    damage(store, FIRST)
    with pytest.raises(ModelError, match=r"tiny\.en/model\.bin is damaged"):
        resolve(store, CURRENT)


@pytest.mark.parametrize("name", ["nope", "/somewhere/else", "", ".."])
def test_what_is_not_in_the_store_cannot_be_chosen_and_the_choice_stays(store: ModelStore, name: str) -> None:
    Current(store).use("mine")
    with pytest.raises(ModelError):
        Current(store).use(name)
    assert Current(store).name == "mine"


def test_a_damaged_model_cannot_be_chosen(store: ModelStore) -> None:
    damage(store, "mine")
    with pytest.raises(ModelError, match="damaged"):
        Current(store).use("mine")
    assert Current(store).name == FIRST


def test_choosing_what_is_in_use_forgets_nothing(store: ModelStore) -> None:
    for _ in range(2):
        Current(store).use("mine")
    damage(store, "mine")
    assert resolve(store, CURRENT).folder == store.root / FIRST


@pytest.mark.parametrize("name", ["current", "previous"])
def test_the_links_are_no_names_for_models(store: ModelStore, name: str) -> None:
    with pytest.raises(ModelError, match="cannot be the name of a model"):
        store.add(name, lambda folder: pytest.fail("written"))


def test_whether_the_model_that_is_loaded_is_still_the_one_that_is_meant(store: ModelStore) -> None:
    loaded = resolve(store, CURRENT)
    assert is_loaded(store, CURRENT, loaded)
    Current(store).use("mine")
    assert not is_loaded(store, CURRENT, loaded)
    assert is_loaded(store, "nope", loaded), "what cannot be told changes nothing"


def test_where_the_one_before_is_gone_the_damage_is_what_is_told(store: ModelStore) -> None:
    Current(store).use("mine")
    shutil.rmtree(store.root / FIRST)
    damage(store, "mine")
    (store.root / "previous").unlink()
    (store.root / "previous").symlink_to("gone")
    with pytest.raises(ModelError, match=r"mine/model\.bin is damaged"):
        resolve(store, CURRENT)


def test_when_the_model_in_use_goes_the_one_before_it_is_in_use(store: ModelStore) -> None:
    current = Current(store)
    current.use("mine")
    shutil.rmtree(store.root / "mine")
    current.forget("mine")
    assert current.name == FIRST
    assert not (store.root / "previous").is_symlink()


def test_when_the_one_before_goes_nothing_leads_to_it_any_more(store: ModelStore) -> None:
    current = Current(store)
    current.use("mine")
    shutil.rmtree(store.root / FIRST)
    current.forget(FIRST)
    assert current.name == "mine"
    assert not (store.root / "previous").is_symlink()
