"""What an interface of Wayland is made of, as data, and the interfaces of the core protocol that are used here.

A signature has a letter for each argument, as in libwayland:
    i u f   int, uint, fixed (a float here)
    s o     string, object; with `?` before it, it may be None
    n       a new object, whose interface is the message's `makes`
    a h     array (bytes here), file descriptor

The order of requests and events is the protocol's: it is their number on the wire. What stands after the last one
that is used may be left out of the requests, but never out of the events: an event that is not known cannot be
read, as its file descriptors are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an event.

    Attributes:
        name: as the protocol has it.
        signature: a letter for each argument.
        makes: the interface of its new object, where it has one.
        destroys: the object is no more afterwards.

    """

    name: str
    signature: str = ""
    makes: Interface | None = None
    destroys: bool = False


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface: what can be asked of its objects, and what they tell.

    Attributes:
        name: as the registry has it.
        version: the newest one that is described here; no newer one is bound.
        requests: in the protocol's order.
        events: in the protocol's order, all of that version.

    """

    name: str
    version: int
    requests: tuple[Message, ...] = ()
    events: tuple[Message, ...] = ()


DESTROY = Message("destroy", destroys=True)

WL_CALLBACK = Interface("wl_callback", 1, events=(Message("done", "u", destroys=True),))
# `bind` is read apart: its new object's interface is named on the wire.
WL_REGISTRY = Interface(
    "wl_registry",
    1,
    requests=(Message("bind", "usun"),),
    events=(Message("global", "usu"), Message("global_remove", "u")),
)
WL_DISPLAY = Interface(
    "wl_display",
    1,
    requests=(Message("sync", "n", WL_CALLBACK), Message("get_registry", "n", WL_REGISTRY)),
    events=(Message("error", "ous"), Message("delete_id", "u")),
)
WL_KEYBOARD = Interface(
    "wl_keyboard",
    4,
    requests=(Message("release", destroys=True),),
    events=(
        Message("keymap", "uhu"),
        Message("enter", "uoa"),
        Message("leave", "uo"),
        Message("key", "uuuu"),
        Message("modifiers", "uuuuu"),
        Message("repeat_info", "ii"),
    ),
)
# Pointers and touch have no use here: their requests keep the place of `get_keyboard`, and are not to be sent.
WL_SEAT = Interface(
    "wl_seat",
    4,
    requests=(Message("get_pointer", "n"), Message("get_keyboard", "n", WL_KEYBOARD)),
    events=(Message("capabilities", "u"), Message("name", "s")),
)

# ── surfaces, for what is drawn ───────────────────────────────────────────────────────────────────

WL_BUFFER = Interface("wl_buffer", 1, requests=(DESTROY,), events=(Message("release"),))
WL_SHM_POOL = Interface(
    "wl_shm_pool",
    1,
    requests=(Message("create_buffer", "niiiiu", WL_BUFFER), DESTROY, Message("resize", "i")),
)
WL_SHM = Interface(
    "wl_shm", 1, requests=(Message("create_pool", "nhi", WL_SHM_POOL),), events=(Message("format", "u"),)
)
WL_REGION = Interface("wl_region", 1, requests=(DESTROY, Message("add", "iiii"), Message("subtract", "iiii")))
WL_OUTPUT = Interface(
    "wl_output",
    3,
    requests=(Message("release", destroys=True),),
    events=(
        Message("geometry", "iiiiissi"),
        Message("mode", "uiii"),
        Message("done"),
        Message("scale", "i"),
    ),
)
WL_SURFACE = Interface(
    "wl_surface",
    4,
    requests=(
        DESTROY,
        Message("attach", "?oii"),
        Message("damage", "iiii"),
        Message("frame", "n", WL_CALLBACK),
        Message("set_opaque_region", "?o"),
        Message("set_input_region", "?o"),
        Message("commit"),
        Message("set_buffer_transform", "i"),
        Message("set_buffer_scale", "i"),
        Message("damage_buffer", "iiii"),
    ),
    events=(Message("enter", "o"), Message("leave", "o")),
)
WL_COMPOSITOR = Interface(
    "wl_compositor",
    4,
    requests=(Message("create_surface", "n", WL_SURFACE), Message("create_region", "n", WL_REGION)),
)
LAYER_SURFACE = Interface(
    "zwlr_layer_surface_v1",
    4,
    requests=(
        Message("set_size", "uu"),
        Message("set_anchor", "u"),
        Message("set_exclusive_zone", "i"),
        Message("set_margin", "iiii"),
        Message("set_keyboard_interactivity", "u"),
        Message("get_popup", "o"),
        Message("ack_configure", "u"),
        DESTROY,
        Message("set_layer", "u"),
    ),
    events=(Message("configure", "uuu"), Message("closed")),
)
LAYER_SHELL = Interface(
    "zwlr_layer_shell_v1",
    4,
    requests=(Message("get_layer_surface", "no?ous", LAYER_SURFACE), DESTROY),
)
