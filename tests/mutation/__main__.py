"""`make mutants`: which small faults of checks, metrics, plan and verdict do the tests miss?

One process imports everything and collects the tests; each mutant is a fork of it, in which the code of one function is
replaced and those tests run that reach the function, until one of them fails. Nothing is written to the checkout.
mutmut leaves decorated functions alone, and all checks are decorated; cosmic-ray starts Python anew for each mutant.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from bisect import bisect_right
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import coverage
import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant, install, mutants
from tests.test_checks import facts_of

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = ROOT / "docs" / "mutation.md"
_OF_METRICS = "metrics authority hierarchy dominators clusters topics navigation anchors roles architecture_views audit checks found engines"
_OF_PLAN = (
    "plan_candidates plan_changes plan_links plan_targets plan_words plan_pages plan_work plan_robustness robustness simulation quick_wins suggestions"
    " repairs backlink_targets"
)
TESTS = {
    "checks": "checks audit found section_thresholds navigation anchor_verdicts",
    "metrics": _OF_METRICS,
    "readiness": "readiness",
    "plan": _OF_PLAN,
}
"""Of each package under test: the tests that judge it (``tests/test_<name>.py``)."""
_SHARED = "fixture "
_MEMORY = 6 * 1024**3
_SLOW, _MANY, _ENOUGH = 5.0, 10, 60.0
"""Seconds from which on a test is left out where at least so many faster ones run the statement: they should notice. Of hundreds
of tests those named after the module run, then the quickest, as many as take so many seconds together."""


@dataclass(frozen=True)
class Touched:
    """What the unchanged code did: seconds of each test, and the tests that ran each line of each module."""

    seconds: dict[str, float]
    tests: dict[str, dict[int, list[str]]]

    def by(self, mutant: Mutant) -> list[str]:
        """The tests that run a mutant's statement: those named after its module first, fast ones before slow ones.

        Where many run it, slow ones are left out.
        """
        first, last = mutant.lines
        lines = self.tests.get(mutant.module, {})
        reached = {
            test
            for line, tests in lines.items()
            if first <= line <= last
            for test in tests
            if test in self.seconds
        }
        name = Path(mutant.module).stem
        order = sorted(reached, key=lambda test: (name not in test.partition("::")[0], self.seconds[test]))
        fast = [test for test in order if self.seconds[test] <= _SLOW]
        if len(fast) < _MANY:
            return order
        so_far = list(accumulate(self.seconds[test] for test in fast))
        return fast[: max(_MANY, bisect_right(so_far, _ENOUGH))]


class Mutation:
    """A pytest plugin that runs the collected tests once as they are and then once per mutant."""

    def __init__(self, package: str, modules: str, sample: int, seed: int, explained: str) -> None:
        self.package, self.sample, self.seed, self.explained = package, sample, seed, explained
        self.paths = [
            path
            for path in sorted((ROOT / "linkkit" / package).glob("*.py"))
            if any(word in path.stem for word in modules.split(",")) and path.stem != "__init__"
        ]
        self.failed: list[str] = []
        self.seconds: dict[str, float] = {}
        self.survivors: list[Mutant] = []
        self.watch: coverage.Coverage | None = None
        self.running = ""

    def pytest_configure(self) -> None:
        """The same examples in each run, and no search for simpler ones: that a test fails is all there is to know."""
        settings.register_profile(
            "mutants", settings.get_profile("linkkit"), derandomize=True, database=None, max_examples=25,
            phases=(Phase.explicit, Phase.generate),
        )  # fmt: skip
        settings.load_profile("mutants")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """What a test takes of a core, its processes included: which tests are slow does not depend on what else runs."""
        begun = sum(os.times()[:4])
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = sum(os.times()[:4]) - begun

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """What several tests share is run by the first of them; all that use it depend on it."""
        if self.watch is None or fixturedef.scope == "function":
            return (yield)
        outer, self.running = self.running, f"{_SHARED}{fixturedef.argname}"
        self.watch.switch_context(self.running)
        try:
            return (yield)
        finally:
            self.running = outer
            self.watch.switch_context(outer)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        begun = time.monotonic()
        if self.package == "checks":
            # No fault of a check changes the facts it judges by: they are gathered once, before the forks.
            for item in session.items:
                if item.path.stem == "test_checks" and (made := getattr(item, "callspec", None)):
                    facts_of(made.params["case"])
        touched = self._unchanged(items)
        slow = sorted(touched.seconds.items(), key=lambda each: -each[1])[:5]
        print(
            f"{self.package}: {len(items)} tests pass in {time.monotonic() - begun:.0f} s; the slowest: "
            + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slow),
            flush=True,
        )
        for path in self.paths:
            self._module(path, items, touched)
        return True

    def _unchanged(self, items: dict[str, pytest.Item]) -> Touched:
        with TemporaryDirectory() as folder:
            notes = Path(folder, "notes.json")
            with _forked(seconds=3600) as (child, ended):
                if child:
                    data = Path(folder, "coverage")
                    watch = coverage.Coverage(
                        str(data), include=[str(path) for path in self.paths], config_file=False
                    )
                    self.watch = watch
                    watch.start()
                    self._run(items)
                    watch.stop()
                    lines = {
                        str(path.relative_to(ROOT)): watch.get_data().contexts_by_lineno(str(path))
                        for path in self.paths
                    }
                    notes.write_text(json.dumps([self.failed, self.seconds, lines]), "utf-8")
                    os._exit(0)
            if ended != [0] or not notes.is_file():
                sys.exit(f"the tests of {self.package} did not run to their end: {ended}")
            failed, seconds, lines = json.loads(notes.read_text("utf-8"))
        if failed:
            sys.exit("these tests fail without any mutant:\n" + "\n".join(failed))
        users: dict[str, list[str]] = {}
        for name, item in items.items():
            for fixture in getattr(item, "fixturenames", ()):
                users.setdefault(f"{_SHARED}{fixture}", []).append(name)
        by_line = {
            module: {
                int(line): [test for each in tests for test in users.get(each, [each])]
                for line, tests in found.items()
            }
            for module, found in lines.items()
        }
        return Touched(seconds, by_line)

    def _module(self, path: Path, items: dict[str, pytest.Item], touched: Touched) -> None:
        module = str(path.relative_to(ROOT))
        imported = import_module(module.removesuffix(".py").replace("/", "."))
        drawn, total = mutants(path, module, sample=self.sample, seed=self.seed)
        outcomes: Counter[str] = Counter()
        begun = time.monotonic()
        for mutant in drawn:
            if mutant.name in self.explained:
                outcomes["explained"] += 1
                continue
            tests = {name: items[name] for name in touched.by(mutant)}
            expected = sum(touched.seconds[name] for name in tests)
            with _forked(seconds=int(60 + 10 * expected)) as (child, ended):
                if child:
                    if not install(mutant, imported):
                        os._exit(3)
                    self._run(tests, stop=True)
                    os._exit(1 if self.failed else 0)
            outcome = {0: "survived", 1: "killed", 3: "not installed"}.get(ended[0], "killed by a limit")
            outcomes[outcome] += 1
            if outcome == "survived":
                self.survivors.append(mutant)
                print(f"  line {mutant.line}, {len(tests)} tests: {mutant.name}", flush=True)
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        print(
            f"{module}: {len(drawn)} of {total} mutants in {time.monotonic() - begun:.0f} s: {counts}",
            flush=True,
        )

    def _run(self, items: dict[str, pytest.Item], *, stop: bool = False) -> None:
        order = list(items.values())
        for item, following in zip_longest(order, order[1:]):
            if self.watch is not None:
                self.running = item.nodeid
                self.watch.switch_context(self.running)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if stop and self.failed:
                return


@contextmanager
def _forked(seconds: int) -> Iterator[tuple[bool, list[int]]]:
    """``with _forked(...) as (child, ended)``: the body runs twice; ``ended`` is the child's exit status after it."""
    ended: list[int] = []
    # The child ends at once, and whatever it would have cleared away at its end stays.
    with TemporaryDirectory(prefix="linkkit-mutant-") as scratch:
        pid = os.fork()
        if pid == 0:
            told = os.dup(2)
            try:
                tempfile.tempdir = os.environ["TMPDIR"] = scratch
                # Of a core, and of a clock for what waits for good.
                signal.setitimer(signal.ITIMER_PROF, seconds)
                signal.alarm(10 * seconds)
                # Of what is written to: charts reserve more addresses than any machine has memory.
                resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
                yield True, ended
            except BaseException:
                # All that the parent sees is that it ended.
                os.write(told, traceback.format_exc().encode())
            finally:
                os._exit(4)
        yield False, ended
        _, status = os.waitpid(pid, 0)
        ended.append(os.waitstatus_to_exitcode(status))


def main() -> NoReturn:
    """Run the mutants of one package or all; the exit status is 1 where a survivor is not explained."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("packages", nargs="*", choices=[*TESTS, []], help="default: all")
    parser.add_argument(
        "--modules", default="", help="only modules whose names hold one of these words, with commas between"
    )
    parser.add_argument("--sample", type=int, default=20, help="mutants drawn per module (default: 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "-k", default="", dest="tests", help="only tests that pytest's -k takes: for a quick look"
    )
    parser.add_argument(
        "--again", action="store_true", help=f"try those as well that {EXPLAINED.name} explains"
    )
    chosen = parser.parse_args()
    packages = chosen.packages or list(TESTS)
    if len(packages) > 1:
        # A package a process: each begins with modules as they were imported.
        words = [word for word in sys.argv[1:] if word not in packages]
        runs = [
            subprocess.run([sys.executable, "-m", "tests.mutation", each, *words], check=False)
            for each in packages
        ]
        sys.exit(int(any(run.returncode for run in runs)))
    (package,) = packages
    words = EXPLAINED.read_text("utf-8") if EXPLAINED.is_file() else ""
    plugin = Mutation(package, chosen.modules, chosen.sample, chosen.seed, "" if chosen.again else words)
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in TESTS[package].split()]
    options = [
        "-o",
        "addopts=--strict-markers",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:cov",
        "-m",
        "not browser and not docs and not spark",
    ]
    status = pytest.main([*options, "-k", chosen.tests, *files], plugins=[plugin])
    if status != pytest.ExitCode.OK:
        sys.exit(int(status))
    new = [mutant.name for mutant in plugin.survivors if mutant.name not in words]
    print(
        f"{package}: {len(plugin.survivors)} survived, {len(new)} of them not explained in {EXPLAINED.name}"
    )
    sys.exit(int(bool(new)))


if __name__ == "__main__":
    main()
