"""What a piece of work takes: CPU and wall seconds, peak memory of the process; and on which machine."""

import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Taken:
    """Result of a piece of work, and what it took; `peak` is the process' own so far, in GB."""

    result: Any
    cpu: float
    wall: float
    peak: float


def taken(work: Callable[[], Any]) -> Taken:
    """Run a piece of work."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return Taken(result, time.process_time() - cpu, time.perf_counter() - wall, peak_gb())


def peak_gb() -> float:
    """Most resident memory of this process so far, in 10^9 bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells begins with the size of the process that started this one.
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e9
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told / 1e9 if sys.platform == "darwin" else told * 1024 / 1e9


def machine() -> str:
    """Processor, cores, memory, system, versions and load, in a line."""
    about = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in about.read_text().splitlines() if line.startswith("model name")] if about.exists() else []  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{names[0] if names else platform.processor() or 'unknown processor'}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        f"{os.getloadavg()[0]:.0f} processes waiting for the cores when it began"
    )
