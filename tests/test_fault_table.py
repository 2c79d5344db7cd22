"""docs/faults.md lists every fault that the tests provoke, and no other."""

from tests.crawl.fault_table import PAGE, fault_groups, written_rows


def test_the_page_lists_every_fault() -> None:
    groups = list(fault_groups())
    names = [name for _, names in groups for name in names]
    assert len(names) == len(set(names)) > 60
    assert set(written_rows()) == set(names), "run `make faults`"
    assert all(tries > 0 and outcome for tries, outcome in written_rows().values())
    text = PAGE.read_text(encoding="utf-8")
    assert [text.index(f"\n## {title}\n") for title, _ in groups] == sorted(
        text.index(f"\n## {title}\n") for title, _ in groups
    )
