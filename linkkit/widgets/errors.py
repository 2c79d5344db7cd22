"""Errors where the analyst sees them: in the panel, and in place of a traceback."""

import html
import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from linkkit.errors import LinkkitError
from linkkit.widgets.keys import keep_keys

logger = logging.getLogger(__name__)

STRICT = "LINKKIT_STRICT_WIDGETS"
"""Set in tests: handlers then raise, beside showing the error."""


class NotebookStopError(LinkkitError):
    """Something the notebook cannot go on without; shown as its message alone."""

    def _render_traceback_(self) -> list[str]:
        return [
            f"\u25a0 {line}" if not place else f"  {line}"
            for place, line in enumerate(str(self).splitlines())
        ]


class Panel(ipywidgets.VBox):
    """Widgets that belong together; stills in the same output stay hidden while it is live, and keys stay in it."""

    def __init__(self, children: Sequence[ipywidgets.Widget]) -> None:
        keep_keys()
        super().__init__(list(children))
        self.add_class("lk-live")


class ErrorBox(ipywidgets.HTML):
    """A place in a panel that says what went wrong, and is empty while nothing did."""

    def tell(self, error: BaseException) -> None:
        """Show an error; what linkkit raises on purpose is shown as written, anything else with its type."""
        text = str(error) if isinstance(error, LinkkitError) else f"{type(error).__name__}: {error}"
        self.value = (
            '<div role="alert" style="border-left:4px solid #D55E00;padding:6px 12px;margin:6px 0;white-space:pre-wrap;'
            f'line-height:1.4"><strong>That did not work.</strong> {html.escape(text)}</div>'
        )

    def clear(self) -> None:
        """Take the message away."""
        self.value = ""


def guarded(handler: Callable[..., object], box: ErrorBox) -> Callable[..., None]:
    """The handler as a widget callback whose errors show in `box`: JupyterLab itself shows nothing of them."""

    def run(*arguments: Any, **named: Any) -> None:
        # Before, not after: work that a handler started may have failed by the time it returns.
        box.clear()
        try:
            handler(*arguments, **named)
        except Exception as error:
            logger.exception("a panel's handler failed")
            box.tell(error)
            if os.environ.get(STRICT):
                raise

    return run
