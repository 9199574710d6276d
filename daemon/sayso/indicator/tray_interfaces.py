"""The tray's item as the bus sees it: `org.kde.StatusNotifierItem`, and its menu, `com.canonical.dbusmenu`.

Annotations are evaluated here, not postponed, as in `sayso.bus.interface`. Sources:
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/ and libdbusmenu's `dbus-menu.xml`.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from dbus_fast import PropertyAccess, Variant
from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from sayso.events import State
from sayso.indicator.icons import Pixmap, pixmaps
from sayso.indicator.menu import Entry, find, layout, properties

ITEM_PATH, MENU_PATH = "/StatusNotifierItem", "/MenuBar"
MENU_VERSION: Final = 3  # of dbusmenu's protocol

Pixmaps = Annotated[list[Pixmap], DBusSignature("a(iiay)")]
ToolTip = Annotated[list[Any], DBusSignature("(sa(iiay)ss)")]
Layout = Annotated[list[Any], DBusSignature("u(ia{sv}av)")]
Numbers = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Groups = Annotated[list[Any], DBusSignature("a(ia{sv})")]
Events = Annotated[list[Any], DBusSignature("a(isvu)")]
AnyValue = Annotated[Variant, DBusSignature("v")]


class ItemInterface(ServiceInterface):
    """`org.kde.StatusNotifierItem`.

    Args:
        contrast: of the icons, as `indicator.contrast` names it.
        activated: told of a click.

    """

    def __init__(self, contrast: str, activated: Callable[[], None]) -> None:
        super().__init__("org.kde.StatusNotifierItem")
        self._contrast = contrast
        self._activated = activated
        self._state = State.IDLE
        self._words = ""
        self._needs_attention = False

    def become(self, state: State, words: str, *, needs_attention: bool) -> None:
        """Show another state; tells only what differs. Words are the tooltip, and what screen readers read."""
        if state is not self._state:
            self._state = state
            self.new_icon()
            self.new_attention_icon()
            self.new_title()
        if words != self._words:
            self._words = words
            self.new_tool_tip()
        if needs_attention is not self._needs_attention:
            self._needs_attention = needs_attention
            self.new_status()

    @dbus_property(access=PropertyAccess.READ, name="Category")
    def category(self) -> DBusStr:
        """What kind of item it is."""
        return "ApplicationStatus"

    @dbus_property(access=PropertyAccess.READ, name="Id")
    def id(self) -> DBusStr:
        """The same at every start."""
        return "sayso"

    @dbus_property(access=PropertyAccess.READ, name="Title")
    def title(self) -> DBusStr:
        """In words."""
        return f"sayso: {self._state.value}"

    @dbus_property(access=PropertyAccess.READ, name="Status")
    def status(self) -> DBusStr:
        """Never `Passive`, which hides it: it is where dictation is started."""
        return "NeedsAttention" if self._needs_attention else "Active"

    @dbus_property(access=PropertyAccess.READ, name="WindowId")
    def window_id(self) -> DBusInt32:
        """None of its windows is worth going to."""
        return 0

    @dbus_property(access=PropertyAccess.READ, name="IconName")
    def icon_name(self) -> DBusStr:
        """None: no theme has an icon for each state."""
        return ""

    @dbus_property(access=PropertyAccess.READ, name="IconPixmap")
    def icon_pixmap(self) -> Pixmaps:
        """The shape of the state."""
        return pixmaps(self._state, self._contrast)

    @dbus_property(access=PropertyAccess.READ, name="OverlayIconName")
    def overlay_icon_name(self) -> DBusStr:
        """None."""
        return ""

    @dbus_property(access=PropertyAccess.READ, name="OverlayIconPixmap")
    def overlay_icon_pixmap(self) -> Pixmaps:
        """None."""
        return []

    @dbus_property(access=PropertyAccess.READ, name="AttentionIconName")
    def attention_icon_name(self) -> DBusStr:
        """None."""
        return ""

    @dbus_property(access=PropertyAccess.READ, name="AttentionIconPixmap")
    def attention_icon_pixmap(self) -> Pixmaps:
        """Of a problem; while dictation goes on in spite of it, what that does is worth more."""
        shown = State.PROBLEM if self._state is State.IDLE else self._state
        return pixmaps(shown, self._contrast)

    @dbus_property(access=PropertyAccess.READ, name="AttentionMovieName")
    def attention_movie_name(self) -> DBusStr:
        """None."""
        return ""

    @dbus_property(access=PropertyAccess.READ, name="ToolTip")
    def tool_tip(self) -> ToolTip:
        """In words."""
        return ["", [], f"sayso: {self._state.value}", self._words]

    @dbus_property(access=PropertyAccess.READ, name="ItemIsMenu")
    def item_is_menu(self) -> DBusBool:
        """A click does something else than to open the menu."""
        return False

    @dbus_property(access=PropertyAccess.READ, name="Menu")
    def menu(self) -> DBusObjectPath:
        """Where its menu is."""
        return MENU_PATH

    @dbus_method(name="Activate")
    def activate(self, x: DBusInt32, y: DBusInt32) -> None:
        """Take a click."""
        self._activated()

    @dbus_method(name="SecondaryActivate")
    def secondary_activate(self, x: DBusInt32, y: DBusInt32) -> None:
        """Take a click with the middle button, which does nothing."""

    @dbus_method(name="ContextMenu")
    def context_menu(self, x: DBusInt32, y: DBusInt32) -> None:
        """Nothing: who shows the item shows the menu."""

    @dbus_method(name="Scroll")
    def scroll(self, delta: DBusInt32, orientation: DBusStr) -> None:
        """Nothing."""

    @dbus_signal(name="NewTitle")
    def new_title(self) -> None:
        """Tell."""

    @dbus_signal(name="NewIcon")
    def new_icon(self) -> None:
        """Tell."""

    @dbus_signal(name="NewAttentionIcon")
    def new_attention_icon(self) -> None:
        """Tell."""

    @dbus_signal(name="NewOverlayIcon")
    def new_overlay_icon(self) -> None:
        """Never sent."""

    @dbus_signal(name="NewToolTip")
    def new_tool_tip(self) -> None:
        """Tell."""

    @dbus_signal(name="NewStatus")
    def new_status(self) -> DBusStr:
        """Tell."""
        return "NeedsAttention" if self._needs_attention else "Active"


class MenuInterface(ServiceInterface):
    """`com.canonical.dbusmenu`.

    Args:
        root: the menu.
        clicked: told what is to be done.

    """

    def __init__(self, root: Entry, clicked: Callable[[str], None]) -> None:
        super().__init__("com.canonical.dbusmenu")
        self._root = root
        self._clicked = clicked
        self._revision = 1

    def become(self, root: Entry) -> None:
        """Show another menu."""
        if root != self._root:
            self._root = root
            self._revision += 1
            self.layout_updated()

    @dbus_property(access=PropertyAccess.READ, name="Version")
    def version(self) -> DBusUInt32:
        """Of the protocol."""
        return MENU_VERSION

    @dbus_property(access=PropertyAccess.READ, name="TextDirection")
    def text_direction(self) -> DBusStr:
        """Of the labels, which are English."""
        return "ltr"

    @dbus_property(access=PropertyAccess.READ, name="Status")
    def status(self) -> DBusStr:
        """Nothing in it asks for the menu to be opened."""
        return "normal"

    @dbus_property(access=PropertyAccess.READ, name="IconThemePath")
    def icon_theme_path(self) -> Names:
        """None."""
        return []

    @dbus_method(name="GetLayout")
    def get_layout(self, parent: DBusInt32, depth: DBusInt32, names: Names) -> Layout:
        """An entry and what is below it."""
        entry = find(self._root, parent) or Entry(parent)
        return [self._revision, layout(entry, depth, names)]

    @dbus_method(name="GetGroupProperties")
    def get_group_properties(self, numbers: Numbers, names: Names) -> Groups:
        """What is told of some entries."""
        found = [find(self._root, number) for number in numbers]
        return [[entry.number, properties(entry, names)] for entry in found if entry is not None]

    @dbus_method(name="GetProperty")
    def get_property(self, number: DBusInt32, name: DBusStr) -> AnyValue:
        """One of them."""
        entry = find(self._root, number)
        return properties(entry).get(name, Variant("s", "")) if entry is not None else Variant("s", "")

    @dbus_method(name="Event")
    def event(self, number: DBusInt32, kind: DBusStr, data: AnyValue, time: DBusUInt32) -> None:
        """Take a click."""
        self._take(number, kind)

    @dbus_method(name="EventGroup")
    def event_group(self, events: Events) -> Numbers:
        """Take several; the numbers that there are not."""
        return [number for number, kind, *_ in events if not self._take(number, kind)]

    @dbus_method(name="AboutToShow")
    def about_to_show(self, number: DBusInt32) -> DBusBool:
        """Whether it is another since it was told last: that is told at once."""
        return False

    @dbus_method(name="AboutToShowGroup")
    def about_to_show_group(self, numbers: Numbers) -> Annotated[tuple[Any, ...], DBusSignature("aiai")]:
        """The same of several: which are to be read anew, and which there are not."""
        return [], [number for number in numbers if find(self._root, number) is None]

    @dbus_signal(name="LayoutUpdated")
    def layout_updated(self) -> Annotated[list[int], DBusSignature("ui")]:
        """Tell that the menu is another, from its root."""
        return [self._revision, 0]

    @dbus_signal(name="ItemsPropertiesUpdated")
    def items_properties_updated(
        self,
    ) -> Annotated[list[Any], DBusSignature("a(ia{sv})a(ias)")]:
        """Never sent: a menu of ten lines is read anew."""
        return [[], []]

    def _take(self, number: int, kind: str) -> bool:
        entry = find(self._root, number)
        if entry is not None and kind == "clicked" and entry.does:
            self._clicked(entry.does)
        return entry is not None
