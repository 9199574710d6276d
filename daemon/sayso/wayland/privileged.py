"""The interfaces of wlroots and its kin that let a program see windows and type into them, as data.

Sources: the protocols' own files, wlr-foreign-toplevel-management-unstable-v1, input-method-unstable-v2,
virtual-keyboard-unstable-v1, wlr-data-control-unstable-v1 and ext-data-control-v1.
"""

from __future__ import annotations

from sayso.wayland.interfaces import DESTROY, Interface, Message

# ── which windows there are ───────────────────────────────────────────────────────────────────────

TOPLEVEL = Interface(
    "zwlr_foreign_toplevel_handle_v1",
    3,
    requests=(
        *(Message(name) for name in ("set_maximized", "unset_maximized", "set_minimized", "unset_minimized")),
        Message("activate", "o"),
        Message("close"),
        Message("set_rectangle", "oiiii"),
        DESTROY,
    ),
    events=(
        Message("title", "s"),
        Message("app_id", "s"),
        Message("output_enter", "o"),
        Message("output_leave", "o"),
        Message("state", "a"),
        Message("done"),
        Message("closed"),
        Message("parent", "?o"),
    ),
)
TOPLEVEL_MANAGER = Interface(
    "zwlr_foreign_toplevel_manager_v1",
    3,
    requests=(Message("stop"),),
    events=(Message("toplevel", "n", TOPLEVEL), Message("finished")),
)
ACTIVATED = 2  # in `state`, an array of words

# ── an input method ───────────────────────────────────────────────────────────────────────────────

INPUT_METHOD = Interface(
    "zwp_input_method_v2",
    1,
    requests=(
        Message("commit_string", "s"),
        Message("set_preedit_string", "sii"),
        Message("delete_surrounding_text", "uu"),
        Message("commit", "u"),
        Message("get_input_popup_surface", "no"),
        Message("grab_keyboard", "n"),
        DESTROY,
    ),
    events=(
        Message("activate"),
        Message("deactivate"),
        Message("surrounding_text", "suu"),
        Message("text_change_cause", "u"),
        Message("content_type", "uu"),
        Message("done"),
        Message("unavailable"),
    ),
)
INPUT_METHOD_MANAGER = Interface(
    "zwp_input_method_manager_v2",
    1,
    requests=(Message("get_input_method", "on", INPUT_METHOD), DESTROY),
)

# ── a keyboard ────────────────────────────────────────────────────────────────────────────────────

VIRTUAL_KEYBOARD = Interface(
    "zwp_virtual_keyboard_v1",
    1,
    requests=(Message("keymap", "uhu"), Message("key", "uuu"), Message("modifiers", "uuuu"), DESTROY),
)
VIRTUAL_KEYBOARD_MANAGER = Interface(
    "zwp_virtual_keyboard_manager_v1",
    1,
    requests=(Message("create_virtual_keyboard", "on", VIRTUAL_KEYBOARD),),
)

# ── the clipboard ─────────────────────────────────────────────────────────────────────────────────


def _data_control(prefix: str, version: int) -> Interface:
    """The manager of wlroots' protocol, or of the one that took its place under another name."""
    source = Interface(
        f"{prefix}_source_v1",
        version,
        requests=(Message("offer", "s"), DESTROY),
        events=(Message("send", "sh"), Message("cancelled")),
    )
    offer = Interface(
        f"{prefix}_offer_v1",
        version,
        requests=(Message("receive", "sh"), DESTROY),
        events=(Message("offer", "s"),),
    )
    device = Interface(
        f"{prefix}_device_v1",
        version,
        requests=(Message("set_selection", "?o"), DESTROY, Message("set_primary_selection", "?o")),
        events=(
            Message("data_offer", "n", offer),
            Message("selection", "?o"),
            Message("finished"),
            Message("primary_selection", "?o"),
        ),
    )
    return Interface(
        f"{prefix}_manager_v1",
        version,
        requests=(Message("create_data_source", "n", source), Message("get_data_device", "no", device), DESTROY),
    )


DATA_CONTROL_MANAGERS = (_data_control("ext_data_control", 1), _data_control("zwlr_data_control", 2))
