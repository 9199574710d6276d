"""What the disk refuses is told once, by the name of what is in the way, and its end when all of it is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.journal.spooling import Told

from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.journal.refusals import Refusals


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def refusals(told: Told, tmp_path: Path) -> Refusals:
    return Refusals(told, tmp_path / "state" / "spool", tmp_path / "state" / "journal")


def test_one_problem_stands_for_all_that_cannot_be_written_and_ends_with_the_last_of_it(
    refusals: Refusals, told: Told
) -> None:
    refusals.spool_is_written()
    for _ in range(2):
        refusals.spool("no space left")
        refusals.journal("no space left")
    refusals.spool_is_written()
    assert told.problems == [ProblemName.STORAGE_FAILED]
    refusals.journal(None)
    refusals.journal(None)
    assert [type(event) for event in told.events] == [Problem, ProblemCleared]


@pytest.mark.parametrize("place", ["state", "state/journal"])
@pytest.mark.parametrize("is_link", [False, True])
def test_what_lies_where_a_folder_should_be_is_named(
    refusals: Refusals, told: Told, tmp_path: Path, place: str, is_link: bool
) -> None:
    blocker = tmp_path / place
    blocker.parent.mkdir(exist_ok=True)
    if is_link:
        blocker.symlink_to("nowhere")
    else:
        blocker.touch()
    refusals.journal("Not a directory")
    assert f"because {blocker} is no folder" in told.messages[0]
    assert "dictation goes on" in told.messages[0]


def test_a_file_that_another_sayso_has_made_is_told_as_that_and_a_file_where_the_spool_should_be_is_not(
    refusals: Refusals, told: Told, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "spool" / "1.spool"
    path.parent.mkdir(parents=True)
    path.touch()
    refusals.spool_file(path, FileExistsError(17, "File exists"))
    assert "another sayso" in told.messages[0]
    refusals.spool_is_written()
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()
    refusals.spool_file(path, FileExistsError(17, "File exists"))
    assert f"because {path.parent} is no folder" in told.messages[1]
