"""Where sayso keeps its files, after the XDG Base Directory Specification 0.8.

The environment is read at each call, and nothing is created: whoever writes makes its folder. As the
specification demands, a variable that is empty or holds a relative path counts as unset.
"""

from __future__ import annotations

import os
from pathlib import Path

from sayso.errors import ConfigError

_NAME = "sayso"


def config_file() -> Path:
    """The user's settings, `$XDG_CONFIG_HOME/sayso/config.yaml`."""
    return _base("XDG_CONFIG_HOME", ".config") / _NAME / "config.yaml"


def profiles_file() -> Path:
    """What differs in single applications, `$XDG_CONFIG_HOME/sayso/applications.yaml`."""
    return config_file().with_name("applications.yaml")


def data_dir() -> Path:
    """What is worth a backup and may be moved between machines, `$XDG_DATA_HOME/sayso`."""
    return _base("XDG_DATA_HOME", ".local/share") / _NAME


def state_dir() -> Path:
    """What this machine has recorded, `$XDG_STATE_HOME/sayso`."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME


def journal_dir() -> Path:
    """What was dictated and corrected, sealed, and what its key is known by."""
    return state_dir() / "journal"


def spool_dir() -> Path:
    """What is being dictated, until it has been delivered or taken into the journal."""
    return state_dir() / "spool"


def journal_lock_file() -> Path:
    """Held by the one process that numbers utterances; beside the journal, which a person may put away."""
    return state_dir() / "journal.lock"


def learning_file() -> Path:
    """The person's answer whether sayso may learn from what they dictate."""
    return state_dir() / "learning"


def models_dir() -> Path:
    """The model store."""
    return data_dir() / "models"


def runtime_dir() -> Path:
    """Sockets and locks, `$XDG_RUNTIME_DIR/sayso`.

    Outside a login session that variable is unset; the state directory then stands in, because only its owner
    can write there, while a fixed name under /tmp could be taken first by anybody on the machine.
    """
    return _absolute("XDG_RUNTIME_DIR", _NAME) or state_dir() / "run"


def shown(path: Path) -> str:
    """The path as a person writes it, with `~` for the home directory; for messages."""
    try:
        return f"~/{path.relative_to(_home())}"
    except (ValueError, ConfigError):
        return str(path)


def _base(variable: str, below_home: str) -> Path:
    return _absolute(variable) or _home() / below_home


def _absolute(variable: str, *below: str) -> Path | None:
    path = Path(os.environ.get(variable, ""))
    return path.joinpath(*below) if path.is_absolute() else None


def _home() -> Path:
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and this user id is in no user database
        home = Path()
    if not home.is_absolute():
        raise ConfigError("the home directory is unknown; set HOME to its absolute path")
    return home
