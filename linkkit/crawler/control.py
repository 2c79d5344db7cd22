"""The line between the caller and the crawler process: the crawler's standard input.

The caller writes ``stop`` for a graceful end. If the caller dies, however suddenly, the pipe closes and the crawler
ends at once: no crawler goes on without anyone waiting for it, on any operating system.
"""

import os
import threading
from collections.abc import Callable

STOP = b"stop\n"
VARIABLE = "LINKKIT_CRAWL_CONTROL"
ORPHANED = 70


def watch(on_stop: Callable[[], None]) -> None:
    """Start the watcher thread, if this process was started with a control pipe."""
    if os.environ.get(VARIABLE) == "1":
        threading.Thread(target=_listen, args=(on_stop,), name="linkkit-control", daemon=True).start()


def _listen(on_stop: Callable[[], None]) -> None:
    # os.read, not sys.stdin: a buffered read would hold a lock that the interpreter needs to shut down.
    heard = b""
    while True:
        try:
            block = os.read(0, 64)
        except OSError:
            block = b""
        if not block:
            os._exit(ORPHANED)
        heard += block
        if STOP in heard:
            heard = b""
            on_stop()
