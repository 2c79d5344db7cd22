"""Link-sized work behind one small protocol, so that nothing above knows where the rows live."""

from linkkit.engine.base import Engine
from linkkit.engine.embedded import EmbeddedEngine

__all__ = ["EmbeddedEngine", "Engine"]
