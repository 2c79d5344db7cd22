"""A network picture in a panel that tells which of its pages was clicked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from linkkit.network import Picture

_HERE = Path(__file__).parent


class PictureView(anywidget.AnyWidget):
    """A picture in its sandboxed frame; all that can leave the frame is the number of a node.

    Parameters
    ----------
    clicked : callable
        Told the URL of the page whose box or dot was clicked.

    Attributes
    ----------
    page, name : str
        HTML of the frame and its accessible name.
    height : int
        Pixels.
    """

    _esm = _HERE / "picture_view.js"
    page = traitlets.Unicode().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(240).tag(sync=True)

    def __init__(self, clicked: Callable[[str], object]) -> None:
        super().__init__()
        self._clicked = clicked
        self._urls: dict[int, str] = {}
        self.on_msg(self._hear)

    def draw(self, picture: Picture) -> None:
        """Show a picture in place of the one before."""
        nodes = picture.nodes
        self._urls = {
            int(node): str(url) for node, url in zip(nodes["node"], nodes["url"], strict=True) if url
        }
        # Name and height first: the frame is made anew when its page changes.
        self.name = f"{picture.title}. {picture.caption}"
        self.height = picture.height
        self.page = picture.html()

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        url = self._urls.get(int(content.get("node", -1)))
        if url:
            self._clicked(url)
