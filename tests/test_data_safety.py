"""Nothing of a client's is lost: damage is named, replaced files are kept, and hostile names lead nowhere."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import linkkit as lk
from linkkit.comparison.saved import Judged
from linkkit.deck.cells import csv_text, sheet_text
from linkkit.deck.files import EARLIER, replaced_for_good, replacing, safe_name
from linkkit.errors import LinkkitError
from tests import hostile
from tests.site_factory import START, build

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "linkkit").rglob("*.py"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    site = build(
        ["/", {"path": "/a/", "text": "Tents"}], [{"source": "/", "target": "/a/", "anchor": "Tents"}]
    )
    lk.run_audit(site.save(folder / "site")).save(folder / "audit")
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["site", "audit"])
def test_each_damaged_file_is_named_and_nothing_is_written(saved: Path, tmp_path: Path, kind: str) -> None:
    read = lk.load if kind == "site" else Judged.load
    whole = _contents(saved / kind)
    assert read(saved / kind)
    for name, content in whole.items():
        middle = len(content) // 2
        for damaged in (
            None,
            b"",
            content[:-1],
            content[:middle],
            content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            content[:-3] + bytes([content[-3] ^ 32]) + content[-2:],
        ):
            folder = tmp_path / "copy"
            folder.mkdir()
            for other, bytes_ in whole.items():
                if other != name or damaged is not None:
                    (folder / other).write_bytes(damaged if other == name and damaged is not None else bytes_)
            before = _contents(folder)
            with pytest.raises(lk.SiteError) as caught:
                read(folder)
            assert name in str(caught.value)
            assert (
                "again" in str(caught.value)
                or "first" in str(caught.value)
                or "holds no" in str(caught.value)
            )
            assert _contents(folder) == before
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def test_what_is_replaced_is_kept_unless_it_is_forced_or_the_same(tmp_path: Path) -> None:
    file = tmp_path / "deck.txt"

    def write(text: str) -> None:
        with replacing(file) as partial:
            partial.write_text(text)

    for text in ("one", "one", "two", "three"):
        write(text)
    with replaced_for_good():
        write("four")
    kept = sorted(path.read_text() for path in (tmp_path / EARLIER).rglob("*.txt"))
    assert (file.read_text(), kept) == ("four", ["one", "two"])


@pytest.mark.parametrize("name", hostile.NAMES)
def test_names_lead_nowhere(name: str, tmp_path: Path) -> None:
    clients = tmp_path / "clients"
    try:
        made = lk.Client.new(name, START, clients=clients).folder
    except LinkkitError:
        made = None
    inside = {path.relative_to(tmp_path).parts[0] for path in tmp_path.iterdir()}
    assert inside <= {"clients"}
    assert made is None or made.resolve().parent == clients.resolve()
    safe = safe_name(name)
    assert (tmp_path / safe).resolve().parent == tmp_path.resolve()
    assert safe
    assert safe == safe.strip(" .")


def test_no_hostile_text_is_a_formula_or_breaks_a_cell() -> None:
    for text in hostile.TEXTS:
        cell = csv_text(text)
        assert not cell.lstrip(' \u200b\ufeff"').startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
        for said in (cell, sheet_text(text)):
            assert said.encode("utf-8").decode("utf-8") == said
            assert not set(said) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}
        assert len(sheet_text(text).encode("utf-16-le")) // 2 <= 32_767


_FORBIDDEN = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "shelve.open", "yaml.load", "pd.read_pickle",
    "subprocess.getoutput", "subprocess.getstatusoutput", "dill.loads", "joblib.load", "__import__",
}  # fmt: skip


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


def test_nothing_is_evaluated_unpickled_or_given_to_a_shell() -> None:
    faults = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            keywords = {each.arg: each.value for each in node.keywords}
            risky = any(
                isinstance(value := keywords.get(name), ast.Constant) and value.value is True
                for name in ("shell", "allow_pickle")
            )
            if _called(node) in _FORBIDDEN or risky:
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {_called(node)}")
    assert faults == []


def test_it_is_typed_and_imports_without_network_warning_or_a_place_of_its_own(tmp_path: Path) -> None:
    """From a folder with a name of other scripts, with every warning an error, and with sockets that refuse."""
    folder = tmp_path / "Größe 例 %20 'x"
    folder.mkdir()
    code = """
import socket
def refused(*_, **__): raise AssertionError("network at import")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused
import linkkit, linkkit.cli
from pathlib import Path
assert (Path(linkkit.__file__).parent / "py.typed").is_file()
Path("e.csv").write_text("source,target\\nhttps://s.example/,https://s.example/ä/\\n", "utf-8")
site = linkkit.read_edges("e.csv", start_url="https://s.example/", folder="ein Ort é")
print(len(linkkit.load("ein Ort é").pages), sorted(p.name for p in Path().iterdir()))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )  # fmt: skip
    assert done.stdout.strip() == "2 ['e.csv', 'ein Ort é']", done.stderr
