"""`sayso-train status` and the door around it."""

import json
import subprocess
import sys

import pytest

from sayso_trainer import status
from sayso_trainer.__main__ import main


def test_status_says_that_nothing_trains_and_nothing_is_kept_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    text = capsys.readouterr().out
    assert "does not train yet" in text
    assert "keeps no journal" in text


def test_json_status_is_one_object_on_one_line_with_each_package_of_the_extra(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["status", "--json"]) == 0
    text = capsys.readouterr().out
    assert text.count("\n") == 1
    found = json.loads(text)
    assert found["stages"] == []
    assert found["journal"] is None
    assert set(found["packages"]) == {"torch", "transformers", "peft"}


def test_a_version_is_that_of_the_installed_package_and_none_where_there_is_no_package() -> None:
    assert status.installed_version("pytest") == pytest.__version__
    assert status.installed_version("no-package-has-this-name") is None


def test_a_missing_package_is_named_together_with_the_extra_that_brings_it() -> None:
    text = status.describe(status.Status((), {"torch": "2.13.0", "peft": None}, None))
    assert "torch    2.13.0" in text
    assert "peft     not installed" in text
    assert "sayso[trainer]" in text


def test_another_command_is_an_error_that_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate"])
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert "evaluate" in message
    assert "status" in message


def test_asking_for_the_status_imports_no_heavy_package() -> None:
    code = (
        "import sys; from sayso_trainer.__main__ import main; main(['status']);"
        "sys.exit(bool({'torch', 'transformers', 'peft'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
