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


def check_engine(word: str) -> str | None:
    """The master that a word names, or None where it names none; nothing is started.

    Raises
    ------
    SettingsError
        If there is no such engine.
    """
    name, colon, master = word.partition(":")
    if word != "embedded" and (name != "spark" or bool(colon) != bool(master)):
        raise SettingsError(
            f"engine = {word!r}: embedded, spark or spark:<master> is expected, such as spark:local[2]"
        )
    return master or None


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
    if callable(choice):
        return choice
    master = check_engine(choice) if isinstance(choice, str) else None
    # An extra, and a second to import.
    from linkkit.engine.spark import SparkEngine, start_session  # noqa: PLC0415

    return partial(SparkEngine, session=start_session(master) if isinstance(choice, str) else choice)
