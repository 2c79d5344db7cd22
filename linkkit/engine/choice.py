"""Which engine runs: a word for people, a session for programs."""

from functools import partial
from typing import TYPE_CHECKING, Union

from linkkit.engine.base import Engines
from linkkit.engine.embedded import EmbeddedEngine
from linkkit.errors import SettingsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EngineChoice = Union[str, Engines, "SparkSession", None]
"""``embedded``, ``spark``, ``spark:<master>``, a SparkSession, or whatever makes an `Engine` of places; None as ``embedded``."""


def engines_of(choice: EngineChoice) -> Engines:
    """What makes the engine that was chosen; Spark is started by it.

    Parameters
    ----------
    choice : str, SparkSession or callable, optional
        ``embedded`` (DuckDB, the default), ``spark`` (the Spark that runs, or the one that its own configuration describes, or all
        cores of this machine), ``spark:<master>`` such as ``spark:local[2]`` or ``spark:spark://host:7077``; or a session.

    Raises
    ------
    SettingsError
        If there is no such engine.
    EngineError
        If Spark cannot be started.
    """
    if choice is None or choice == "embedded":
        return EmbeddedEngine
    if isinstance(choice, str):
        name, colon, master = choice.partition(":")
        if name != "spark" or (colon and not master):
            raise SettingsError(f"engine {choice!r}: embedded, spark or spark:<master> is expected, such as spark:local[2]")
        from linkkit.engine.spark import SparkEngine, start_session  # noqa: PLC0415 - an extra

        return partial(SparkEngine, session=start_session(master or None))
    if hasattr(choice, "newSession"):
        from linkkit.engine.spark import SparkEngine  # noqa: PLC0415 - an extra

        return partial(SparkEngine, session=choice)
    return choice  # type: ignore[return-value]
