"""Which files make sayso a service, what is in them, and that nobody's own changes are lost."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sayso import installation
from sayso.errors import SaysoError, StorageError
from sayso.installation import Facts, Installation, find_facts, for_dbus, for_systemd, own_command, refusal, render
from sayso.portal import APP_ID
from sayso.usermanager import UserManager

UNIT = ".config/systemd/user/sayso.service"
LINK = ".config/systemd/user/default.target.wants/sayso.service"
ACTIVATION = ".local/share/dbus-1/services/org.sayso.Dictation1.service"
AUTOSTART = ".config/autostart/sayso.desktop"
APPLICATION = ".local/share/applications/org.sayso.Sayso.desktop"
FILES = (UNIT, ACTIVATION, AUTOSTART, APPLICATION)
WRITTEN = {*FILES, LINK}
ME = os.getuid()
SYSTEM_PYTHON = "/usr/bin/python3"  # which has GLib, where the distribution's package is there
TEMPLATES = Path(__file__).parents[2] / "systemd"


class Nobody(UserManager):
    """Where systemd is installed and no manager runs: what it is told is in `told`."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def version(self) -> int:
        return 252

    def take_up(self, unit: Path, *, start: bool) -> Iterator[str]:
        yield f"take up {unit.name}, {start=}"

    def stop(self, unit: str) -> Iterator[str]:
        yield f"stop {unit}"

    def forget(self, unit: str) -> Iterator[str]:
        yield f"forget {unit}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def one(home: Path) -> Installation:
    return Installation(Facts(("/opt/my sayso/50%/sayso",), ME, ME, None), Nobody())


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() or path.is_symlink()}


# ── putting it in place, and taking it away ───────────────────────────────────────────────────────


def test_everything_a_service_needs_is_written_and_said(one: Installation, home: Path) -> None:
    said = list(one.install(start=True))
    assert files(home) == WRITTEN
    assert (home / LINK).resolve() == home / UNIT
    assert said[: len(FILES)] == [f"wrote ~/{path}" for path in FILES]
    assert said[-1] == "take up sayso.service, start=True"


def test_installing_again_changes_nothing(one: Installation, home: Path) -> None:
    list(one.install(start=False))
    before = [(home / path).stat().st_mtime_ns for path in FILES]
    said = list(one.install(start=False))
    assert said[: len(FILES)] == [f"unchanged: ~/{path}" for path in FILES]
    assert [(home / path).stat().st_mtime_ns for path in FILES] == before
    assert files(home) == WRITTEN


def test_another_version_of_sayso_replaces_what_the_last_one_wrote(one: Installation, home: Path) -> None:
    list(one.install(start=False))
    other = Installation(Facts(("/usr/bin/sayso",), ME, ME, None), Nobody())
    said = list(other.install(start=False))
    assert said[0] == f"wrote ~/{UNIT}"
    assert 'ExecStart="/usr/bin/sayso" run\n' in (home / UNIT).read_text()


def test_the_xdg_folders_are_honoured(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "c"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "d"))
    list(Installation(Facts(("/usr/bin/sayso",), ME, ME, None), Nobody()).install(start=False))
    places = [("c", UNIT), ("c", LINK), ("d", ACTIVATION), ("c", AUTOSTART), ("d", APPLICATION)]
    expected = {
        f"{folder}/{path.removeprefix('.config/').removeprefix('.local/share/')}" for folder, path in places
    }
    assert files(home) == expected


@pytest.mark.parametrize("changed", FILES)
def test_what_was_changed_by_hand_is_neither_overwritten_nor_removed(
    one: Installation, home: Path, changed: str
) -> None:
    list(one.install(start=False))
    mine = (home / changed).read_text() + "# mine\n"
    (home / changed).write_text(mine)
    with pytest.raises(SaysoError, match="changed by hand") as refused:
        list(one.install(start=False))
    assert changed in str(refused.value)
    assert f"left ~/{changed}: it was changed by hand; remove it yourself" in list(one.uninstall())
    assert files(home) == {changed}
    assert (home / changed).read_text() == mine


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_was_there_before_is_refused_before_anything_is_written_and_left_alone(
    one: Installation, home: Path, path: str
) -> None:
    mine = b"[Service]\nExecStart=/bin/\xff\n"
    (home / path).parent.mkdir(parents=True)
    (home / path).write_bytes(mine)
    with pytest.raises(SaysoError, match="changed by hand"):
        list(one.install(start=False))
    list(one.uninstall())
    assert files(home) == {path}
    assert (home / path).read_bytes() == mine


def test_a_masked_unit_stays_masked(one: Installation, home: Path) -> None:
    (home / UNIT).parent.mkdir(parents=True)
    (home / UNIT).symlink_to("/dev/null")
    with pytest.raises(SaysoError, match=r"systemctl --user unmask sayso\.service"):
        list(one.install(start=False))


def test_uninstalling_removes_exactly_what_was_written_and_says_what_stays(one: Installation, home: Path) -> None:
    drop_in = home / f"{UNIT}.d" / "override.conf"
    settings = home / ".config/sayso/config.yaml"
    for path in (drop_in, settings):
        path.parent.mkdir(parents=True)
        path.touch()
    list(one.install(start=False))
    said = list(one.uninstall())
    assert files(home) == {str(drop_in.relative_to(home)), str(settings.relative_to(home))}
    assert said[0] == "stop sayso.service"
    assert f"left ~/{UNIT}.d: your changes to the unit" in said
    assert said[-1] == "your settings stay in ~/.config/sayso"
    assert list(one.uninstall()) == [line for line in said if not line.startswith(("removed", "it no longer"))]


def test_uninstalling_what_is_not_installed_removes_nothing(one: Installation, home: Path) -> None:
    assert list(one.uninstall()) == ["stop sayso.service", "forget sayso.service"]
    assert files(home) == set()


def test_a_folder_that_cannot_be_made_is_named(one: Installation, home: Path) -> None:
    (home / ".config").write_text("a file")
    with pytest.raises(StorageError, match=r"sayso\.service cannot be written"):
        list(one.install(start=False))


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (".config", UNIT),
        (".config/systemd/user/default.target.wants", LINK),
        (".local/share/dbus-1", ACTIVATION),
        (".config/autostart", AUTOSTART),
        (".local/share/applications", APPLICATION),
    ],
)
def test_a_file_in_the_place_of_a_folder_is_named_before_anything_is_written(
    one: Installation, home: Path, file: str, named: str
) -> None:
    (home / file).parent.mkdir(parents=True, exist_ok=True)
    (home / file).write_text("mine")
    with pytest.raises(StorageError) as refused:
        list(one.install(start=False))
    assert str(refused.value).startswith(f"~/{named} cannot be written: ~/{file} is not a folder; move it away")
    assert files(home) == {file}
    assert list(one.uninstall()) == ["stop sayso.service", "forget sayso.service"]
    assert files(home) == {file}


@pytest.mark.parametrize("path", [*FILES, LINK])
def test_a_folder_in_the_place_of_a_file_is_named_before_anything_is_written_and_left_alone(
    one: Installation, home: Path, path: str
) -> None:
    (home / path).mkdir(parents=True)
    with pytest.raises(StorageError) as refused:
        list(one.install(start=False))
    assert str(refused.value).startswith(f"~/{path} cannot be written: there is a folder of that name; move it")
    assert files(home) == set()
    said = list(one.uninstall())
    assert any(line.startswith(f"left ~/{path}: ") and "remove it yourself" in line for line in said)
    assert said[-1] == "forget sayso.service"
    assert (home / path).is_dir()


# ── for whom ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("uid", "home_uid", "sudo_uid", "part"),
    [
        (1000, 1000, None, None),
        (0, 0, None, None),
        (0, 0, 0, None),
        (0, 0, 1000, "without sudo"),
        (0, 1000, 1000, "without sudo"),
        (0, 1000, None, "HOME belongs to user 1000"),
    ],
)
def test_it_is_installed_only_for_the_person_who_runs_it(
    uid: int, home_uid: int, sudo_uid: int | None, part: str | None
) -> None:
    reason = refusal(Facts(("/usr/bin/sayso",), uid, home_uid, sudo_uid))
    assert (reason is None) if part is None else (reason is not None and part in reason)


def test_under_sudo_nothing_is_written(home: Path) -> None:
    one = Installation(Facts(("/usr/bin/sayso",), 0, 0, 1000), Nobody())
    for work in (one.install(start=True), one.uninstall()):
        with pytest.raises(SaysoError, match="without sudo"):
            list(work)
    assert files(home) == set()


def test_the_facts_are_those_of_this_process(home: Path) -> None:
    facts = find_facts({"HOME": str(home), "SUDO_UID": "1000"})
    assert (facts.uid, facts.home_uid, facts.sudo_uid) == (ME, home.stat().st_uid, 1000)


def test_the_service_is_the_sayso_that_was_called_and_links_stay_links(tmp_path: Path) -> None:
    script, link = tmp_path / "tool" / "sayso", tmp_path / "bin" / "sayso"
    for folder in (script.parent, link.parent):
        folder.mkdir()
    script.touch(mode=0o755)
    link.symlink_to(script)
    assert own_command(str(link), sys.executable) == (str(link),)
    assert own_command(os.path.relpath(link), sys.executable) == (str(link),)
    assert own_command(str(tmp_path / "sayso/__main__.py"), str(script.with_name("python"))) == (str(script),)
    bare = str(tmp_path / "python")
    assert own_command("-c", bare) == (bare, "-m", "sayso")


# ── what is written ───────────────────────────────────────────────────────────────────────────────

AWKWARD = ('/opt/a b/50%/$HOME/it\'s "so"\\/sayso',)


def test_any_path_survives_systemds_quoting() -> None:
    assert for_systemd(("/opt/a b/50%/$HOME/python", "-m", "$x")) == '"/opt/a b/50%%/$HOME/python" "-m" "$$x"'


@pytest.mark.parametrize("mark", ["'", '"', "\\"])
def test_a_path_that_systemd_would_not_start_is_refused(mark: str) -> None:
    assert "quote or a backslash" in str(refusal(Facts((f"/opt/it{mark}s/sayso",), ME, ME, None)))


def test_any_path_survives_the_quoting_of_d_bus() -> None:
    assert shlex.split(for_dbus(AWKWARD).replace("\\\\", "\\")) == list(AWKWARD)


@pytest.mark.parametrize(("version", "grows"), [(252, False), (253, False), (254, True), (257, True)])
def test_the_pause_before_a_restart_grows_where_systemd_can(version: int, grows: bool) -> None:
    text = render((TEMPLATES / "sayso.service").read_text(), "/usr/bin/sayso", version)
    assert ("\nRestartSteps=" in text, "\nRestartMaxDelaySec=" in text) == (grows, grows)
    assert "#254" not in text


def verified(unit: Path, runtime: Path) -> str:
    """What `systemd-analyze verify` says; a misspelt key is only a warning with status 0."""
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return f"{done.returncode}{done.stdout}{done.stderr}"


def test_systemd_finds_no_fault_with_the_unit_in_the_source_or_as_installed(home: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: apt install systemd")
    program = tmp_path / "my sayso" / "50%" / "sayso"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    list(Installation(Facts((str(program),), ME, ME, None), Nobody()).install(start=False))
    assert verified(home / UNIT, tmp_path) == "0"
    assert verified(TEMPLATES / "sayso.service", tmp_path) == "0"
    misspelt = tmp_path / "misspelt.service"
    misspelt.write_text((home / UNIT).read_text().replace("UMask=", "Umask="))
    assert "Umask" in verified(misspelt, tmp_path)


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    parser.read_string(path.read_text())
    return parser


def test_bus_and_unit_start_the_same_command_under_the_same_name(one: Installation, home: Path) -> None:
    list(one.install(start=False))
    activation = read(home / ACTIVATION)["D-BUS Service"]
    assert (activation["Name"], activation["SystemdService"]) == ("org.sayso.Dictation1", "sayso.service")
    assert shlex.split(activation["Exec"]) == ["/opt/my sayso/50%/sayso", "run"]
    assert read(home / UNIT)["Service"]["ExecStart"] == '"/opt/my sayso/50%%/sayso" run'


def test_what_is_dictated_can_reach_neither_journal_nor_core_dump_nor_network(
    one: Installation, home: Path
) -> None:
    list(one.install(start=False))
    service = read(home / UNIT)["Service"]
    assert (service["StandardOutput"], service["LimitCORE"]) == ("null", "0")
    assert service["RestrictAddressFamilies"] == "AF_UNIX"


def test_desktops_that_start_programs_through_systemd_skip_the_autostart_entry(
    one: Installation, home: Path
) -> None:
    list(one.install(start=False))
    entry = read(home / AUTOSTART)["Desktop Entry"]
    assert (entry["Type"], entry["X-systemd-skip"]) == ("Application", "true")
    shell, option, script = shlex.split(entry["Exec"])
    assert (shell, option) == ("sh", "-c")
    assert "import-environment DISPLAY XAUTHORITY" in script
    assert not set(script) & set('"`$\\%')  # what the Desktop Entry Specification would have escaped


def test_the_portals_know_the_program_by_an_entry_of_its_own_that_is_in_no_menu(
    one: Installation, home: Path
) -> None:
    list(one.install(start=False))
    assert Path(APPLICATION).stem == APP_ID
    entry = read(home / APPLICATION)["Desktop Entry"]
    assert (entry["Type"], entry["Name"], entry["NoDisplay"]) == ("Application", "sayso", "true")
    assert entry["Comment"] == read(home / UNIT)["Unit"]["Description"]
    assert shlex.split(entry["Exec"]) == ["systemctl", "--user", "--no-block", "start", installation.UNIT]


def test_the_portals_entry_is_one_that_glib_takes(one: Installation, home: Path) -> None:
    # xdg-desktop-portal asks GLib in this way, and GLib takes no entry whose program it does not find.
    for program, package in ((SYSTEM_PYTHON, "python3-gi"), ("systemctl", "systemd")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: apt install {package}")
    list(one.install(start=False))
    ask = (
        "from gi.repository import Gio; "
        f"entry = Gio.DesktopAppInfo.new('{APP_ID}.desktop'); print(entry.get_name(), entry.get_nodisplay())"
    )
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", ask],
        env={**os.environ, "XDG_DATA_HOME": str(home / ".local/share")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "No module named 'gi'" in done.stderr:
        pytest.skip("GLib for Python is missing: apt install python3-gi")
    assert done.stdout == "sayso True\n", done.stderr


def test_the_templates_come_from_the_package_where_it_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "sayso"
    (package / "systemd").mkdir(parents=True)
    monkeypatch.setattr(installation, "__file__", str(package / "installation.py"))
    for name in (Path(path).name for path in FILES):
        (package / "systemd" / name).write_text("/usr/bin/env sayso run\n")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "c"))
    list(Installation(Facts(("/usr/bin/sayso",), ME, ME, None), Nobody()).install(start=False))
    assert (home / "c/systemd/user/sayso.service").read_text().endswith('\n"/usr/bin/sayso" run\n')
