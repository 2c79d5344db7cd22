"""The engine for sites that one machine does not hold: PySpark, on this machine or on any cluster."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.engine.base import Place
from linkkit.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JAVA = 17
"""Oldest Java that PySpark 4 runs on."""
_INSTALL = "pip install 'linkkit[spark]'"
_SETTINGS = {
    # Page-sized tables go to every worker, so that no join has to move the links.
    "spark.sql.autoBroadcastJoinThreshold": str(256 << 20),
    "spark.sql.execution.arrow.localRelationThreshold": str(256 << 20),
    # A backslash in a text is a backslash, as everywhere else in SQL.
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.session.timeZone": "UTC",
    # A missing value is sorted where the query says; a wrong number is an error, never a silent NULL.
    "spark.sql.ansi.enabled": "true",
}
_SMALLER = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.uint64(): pa.int64()}
"""Spark has no unsigned numbers."""


class SparkEngine:
    """Spark SQL over Parquet files.

    Parameters
    ----------
    places : mapping of table name to Parquet file or folder, or URI of one
        The tables that queries may name. A URI (``s3a://``, ``hdfs://``, ``file://``, ...) is handed to Spark as it stands. A path
        of this machine is handed over as a file where Spark runs here; on a cluster, whose workers do not see it, its rows are
        sent, which only page-sized tables are fit for.
    session : SparkSession
        What `start_session` gives, or one of your own.
    """

    def __init__(self, places: Mapping[str, Place], session: "SparkSession") -> None:
        self._given = session
        # Names of tables are those of one Site: another one in the same Spark has the same names.
        self._session = session.newSession()
        for name, value in {**_inherited(session), **_SETTINGS}.items():
            self._session.conf.set(name, value)
        self._naming = threading.Lock()
        for name, place in places.items():
            self._opened(place).createOrReplaceTempView(name)

    @property
    def session(self) -> "SparkSession":
        """The session that was handed in."""
        return self._given

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Answer a query as an Arrow table; rows come in the order the query asks for."""
        with self._cancelled_by_interrupt():
            return self._answer(sql, tables).toArrow()

    def write(self, sql: str, place: Place, **tables: pa.Table) -> None:
        """Write a query's rows to a folder of Parquet files, in place of what is there; `place` may be a URI."""
        writer = self._answer(sql, tables).write.mode("overwrite")
        with self._cancelled_by_interrupt():
            writer.option("compression", "zstd").parquet(uri_of(place))

    def copy(self, source: Place, target: Place) -> None:
        """Copy a file or folder between any two file systems that Hadoop knows, in place of what is there.

        Raises
        ------
        EngineError
            If it cannot be read or written.
        """
        tools, settings = self._hadoop()
        old, new = (tools.Path(uri_of(place)) for place in (source, target))
        try:
            into = new.getFileSystem(settings)
            into.delete(new, True)
            tools.FileUtil.copy(old.getFileSystem(settings), old, into, new, False, True, settings)
        except Exception as error:
            raise EngineError(f"{source} could not be copied to {target}: {_reason(error)}") from error

    def exists(self, place: Place) -> bool:
        """Whether there is a file or folder.

        Raises
        ------
        EngineError
            If that cannot be told: no such file system, no access.
        """
        tools, settings = self._hadoop()
        path = tools.Path(uri_of(place))
        try:
            return bool(path.getFileSystem(settings).exists(path))
        except Exception as error:
            raise EngineError(f"{place} cannot be reached: {_reason(error)}") from error

    def _hadoop(self) -> tuple[Any, Any]:
        """Hadoop's file systems, which know every URI that Spark reads, and their settings, credentials among them."""
        context: Any = self._session.sparkContext
        return context._jvm.org.apache.hadoop.fs, context._jsc.hadoopConfiguration()

    @contextmanager
    def _cancelled_by_interrupt(self) -> Iterator[None]:
        """Ctrl-C stops what Spark is doing as well."""
        try:
            yield
        except KeyboardInterrupt:
            self._session.sparkContext.cancelAllJobs()
            raise

    def over(self, places: Mapping[str, Place]) -> "SparkEngine":
        """Another one over other tables, in the same Spark."""
        return SparkEngine(places, self._given)

    def _opened(self, place: Place) -> "DataFrame":
        if "://" in str(place) or str(self._session.sparkContext.master).startswith("local"):
            return self._session.read.parquet(uri_of(place))
        return self._session.createDataFrame(_signed(pq.read_table(place)))

    def _answer(self, sql: str, tables: Mapping[str, pa.Table]) -> "DataFrame":
        # The names are looked up at once, the rows later: only the former must not happen twice at a time.
        with self._naming:
            try:
                for name, table in tables.items():
                    self._session.createDataFrame(_signed(table)).createOrReplaceTempView(name)
                # Advice to DuckDB's planner; Spark has no word for it.
                return self._session.sql(sql.replace(" AS MATERIALIZED ", " AS "))
            finally:
                for name in tables:
                    self._session.catalog.dropTempView(name)


def start_session(master: str | None = None, **settings: str) -> "SparkSession":
    """The Spark that runs already, or a new one.

    Parameters
    ----------
    master : str, optional
        ``local[4]``, ``spark://host:7077``, ``yarn``, ``k8s://...``. Without it what ``spark-submit``, ``spark-defaults.conf`` or
        ``SPARK_CONF_DIR`` say, and every core of this machine where nothing does.
    **settings
        Further settings of Spark, dots as double underscores: ``spark__driver__memory="8g"``.

    Raises
    ------
    EngineError
        If PySpark or Java is missing, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and a second to import
    except ImportError as error:
        raise EngineError(f"the Spark engine needs PySpark: {_INSTALL}, and Java {JAVA} or newer") from error
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    if not _java():
        raise EngineError(
            f"the Spark engine needs Java {JAVA} or newer, and neither JAVA_HOME nor PATH leads to one. On Debian and Ubuntu: "
            f"apt install openjdk-{JAVA}-jre-headless; elsewhere: https://adoptium.net/"
        )
    builder = SparkSession.builder.appName("linkkit")
    for name, value in _defaults(master).items():
        builder = builder.config(name, value)
    for name, value in settings.items():
        builder = builder.config(name.replace("__", "."), value)
    try:
        with _interrupts_kept():
            session: SparkSession = builder.getOrCreate()
    except Exception as error:
        raise EngineError(
            f"Spark did not start ({' '.join(str(error).split())[:300]}). It needs Java {JAVA} or newer; `java -version` tells which "
            "one is there, and what Spark wrote above tells more."
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Keep PySpark's start from changing what Ctrl-C does: its own handler stays beyond its end, and then only fails."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)


def uri_of(place: Place) -> str:
    """What Spark calls a place: a path of this machine with ``file://`` before it, a URI as it stands."""
    # Hadoop does not decode percent signs: a path stays as it is written.
    return str(place) if "://" in str(place) else f"file://{Path(place).resolve().as_posix()}"


def _reason(error: Exception) -> str:
    """First line of what Java says."""
    java = getattr(error, "java_exception", None)
    return " ".join(str(java or error).split("\n")[0].split())[:300]


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(home and (Path(home) / "bin" / "java").exists()) or shutil.which("java") is not None


def _defaults(master: str | None) -> dict[str, str]:
    """Settings of a Spark of our own. Those of a cluster are its owner's: only what is ours is set there."""
    from pyspark import SparkConf  # noqa: PLC0415 - as above

    known = SparkConf()
    chosen = master or known.get("spark.master")
    # Edges of the graph come to the driver on purpose; the default limit is 1 GB.
    values = {"spark.driver.maxResultSize": "0", "spark.ui.showConsoleProgress": "false"}
    if master or not chosen:
        values["spark.master"] = master or "local[*]"
    if (chosen or "local").startswith("local"):
        values |= {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "4g",
        }
    return {
        name: value for name, value in values.items() if name == "spark.master" or not known.contains(name)
    }


def _inherited(session: "SparkSession") -> dict[str, str]:
    """What was set for queries while Spark ran: a new session begins with what Spark was started with."""
    return {
        name: value
        for name, value in session.conf.getAll.items()
        if name.startswith("spark.sql.") and session.conf.isModifiable(name)
    }


def _signed(table: pa.Table) -> pa.Table:
    """The table in types that Spark has."""
    fields: list[Any] = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        kind = pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind
        fields.append(pa.field(field.name, _SMALLER.get(kind, kind)))
    return table.cast(pa.schema(fields))
