"""Link-sized work behind one small protocol, so that nothing above knows where the rows live."""

from linkkit.engine.base import Engine, Engines, Place
from linkkit.engine.choice import EngineChoice, check_engine, engines_of
from linkkit.engine.embedded import EmbeddedEngine

__all__ = ["EmbeddedEngine", "Engine", "EngineChoice", "Engines", "Place", "check_engine", "engines_of"]
