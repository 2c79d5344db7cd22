"""Seconds and memory of reading an access log, against ``advertools.logs_to_df`` on the same file.

Run: ``python -m tests.bench.bench_logs [lines] [--alone]``. Each reader runs in a process of its own; advertools only writes
its table of lines and counts nothing. ``--alone`` leaves it out, for logs that it cannot hold in memory.
"""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

_ROBOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
)
_MEASURE = "import resource, time; print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)"
_OURS = f"""
import sys, time
from pathlib import Path
from linkkit.sources.logs import read_log
begun = time.perf_counter()
read_log(Path(sys.argv[1]))
{_MEASURE}
"""
_THEIRS = f"""
import sys, time
import advertools
begun = time.perf_counter()
advertools.logs_to_df(sys.argv[1], sys.argv[1] + ".parquet", sys.argv[1] + ".errors", log_format="combined")
{_MEASURE}
"""


def write_log(file: Path, lines: int) -> None:
    """A log of a shop: two thirds pages, the rest files and searches; a third of it by robots; many distinct addresses."""
    chance = random.Random(1)
    people = [
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{version}.0.0.0" for version in range(60, 140)
    ]
    with file.open("w", encoding="utf-8") as log:
        for place in range(lines):
            kind = chance.random()
            if kind < 0.6:
                path = f"/shop/category-{chance.randrange(200)}/item-{chance.randrange(100_000)}/"
            elif kind < 0.8:
                path = f"/assets/app-{chance.randrange(50)}.js?v={chance.randrange(9)}"
            elif kind < 0.9:
                path = f"/search?q=word{chance.randrange(1_000_000)}&page={chance.randrange(9)}"
            else:
                path = f"/blog/post-{chance.randrange(500)}"
            agent = _ROBOTS[chance.randrange(3)] if chance.random() < 0.3 else people[chance.randrange(80)]
            status = 200 if chance.random() < 0.9 else 404
            log.write(
                f"66.249.66.{chance.randrange(255)} - - [{1 + place % 28:02d}/Oct/2026:13:55:36 +0000] "
                f'"GET {path} HTTP/1.1" {status} {chance.randrange(99_999)} "-" "{agent}"\n'
            )


def measured(code: str, file: Path) -> tuple[float, int]:
    """Seconds and megabytes of a reader."""
    run = subprocess.run([sys.executable, "-c", code, str(file)], check=True, capture_output=True, text=True)
    seconds, peak = run.stdout.split()[-2:]
    return float(seconds), int(peak)


def main(lines: int, *, alone: bool) -> None:
    """Print seconds, peak memory and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "access.log"
        write_log(file, lines)
        print(f"{lines:,} lines, {file.stat().st_size >> 20:,} MB")
        seconds, peak = measured(_OURS, file)
        print(f"linkkit     {seconds:7.1f} s  {peak:,} MB  {lines / seconds:,.0f} lines/s")
        if not alone:
            theirs, their_peak = measured(_THEIRS, file)
            print(
                f"advertools  {theirs:7.1f} s  {their_peak:,} MB  linkkit takes {seconds / theirs:.2f} of its time"
            )


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(int(given[0]) if given else 1_000_000, alone="--alone" in sys.argv)
