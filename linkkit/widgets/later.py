"""Work of panels that nobody waits for: done when nothing was asked for a moment."""

import asyncio
from collections.abc import Callable


class Later:
    """Does something once it was not asked for again within a pause.

    Parameters
    ----------
    do : callable
    pause : float
        Seconds.
    """

    def __init__(self, do: Callable[[], object], pause: float) -> None:
        self._do, self._pause = do, pause
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, *, at_once: bool = False) -> None:
        """Have it done after the pause; where no event loop runs, now with `at_once`, else not at all."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._do)
        except RuntimeError:
            if at_once:
                self._do()
