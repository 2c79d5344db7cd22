"""The whole export in a language that marks every text of the catalog: what stands there unmarked would stay English in German."""

from pathlib import Path

import pytest

from linkkit import deck
from linkkit.client import Client
from tests.marked_language import mark_everything, unmarked
from tests.odd_sites import german_japanese, one_page, right_to_left
from tests.small_site import make_client

CODES = ("cannot be judged", "fix first", "not ready")
"""Codes in the definitions' column of names in files."""


@pytest.mark.parametrize(
    "made",
    [make_client, one_page, german_japanese, right_to_left],
    ids=["small", "one page", "Japanese", "right to left"],
)
def test_nothing_stays_english(made: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(made)
    client: Client = made(tmp_path)
    audit = client.audit()
    work = deck.Work.of(audit)
    assert work.order is not None
    assert work.proposal is not None
    code, folder = mark_everything(monkeypatch), tmp_path / "made"
    files = deck.export(audit, folder, language=code, client="Fell", work=work, formats=("pptx", "html", "xlsx"))  # fmt: skip
    files += deck.export_tickets(work.order.wins, folder, plan=work.order, client="Fell", language=code)
    files += [file for file in deck.export_plan(work.proposal, folder, client="Fell", language=code) if file.suffix == ".xlsx"]  # fmt: skip
    assert unmarked(files, audit, "Fell", *CODES) == []
