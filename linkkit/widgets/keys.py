"""Keys pressed in a panel stay in the panel."""

from functools import cache
from pathlib import Path

import anywidget

_HERE = Path(__file__).parent


class _Keys(anywidget.AnyWidget):
    """Draws nothing: its script listens from the moment it is made."""

    _esm = _HERE / "keys.js"


@cache
def keep_keys() -> None:
    """Have keys without Ctrl, Alt or Cmd go to the control that has the focus, in every panel of this kernel's notebooks.

    JupyterLab hears keys before a control does: in a list, arrows would walk through the cells and typing ``dd`` would delete one.
    """
    _Keys()
