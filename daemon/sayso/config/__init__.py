"""The settings: read once from YAML into frozen, typed values.

`settings` is the schema: each field names a setting, its type and what it may be (`kinds`; `chords` for
hotkeys). `document` turns a file into YAML nodes that know their line, `layer` checks them against the schema,
`load` lays the user's file and the command line over `default.yaml`, the only place where defaults stand, and
`contradictions` finds what is wrong only in combination.
"""

from sayso.config.load import default_settings, load_settings
from sayso.config.schema import changed
from sayso.config.settings import (
    AudioSettings,
    EngineSettings,
    LogSettings,
    Mode,
    Settings,
    StreamingSettings,
    TypistSettings,
    VadSettings,
)

__all__ = [
    "AudioSettings",
    "EngineSettings",
    "LogSettings",
    "Mode",
    "Settings",
    "StreamingSettings",
    "TypistSettings",
    "VadSettings",
    "changed",
    "default_settings",
    "load_settings",
]
