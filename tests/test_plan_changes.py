"""Changes one by one: what a panel collects is what one call of the simulation does."""

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.plan import Change, simulate, simulate_changes
from linkkit.plan.changes import ACTIONS, ADD, BACKLINKS, BLOCK, DELETE, NOFOLLOW, REDIRECT, REMOVE
from tests.site_factory import build


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    pages = [
        {"path": "/", "referring_domains": 5},
        {"path": "/g/", "cluster": "Tents", "is_pillar": True},
        {"path": "/g/a", "cluster": "Tents"},
        {"path": "/g/b", "cluster": "Tents", "referring_domains": 2},
        {"path": "/buy", "is_money_page": True},
        "/old",
    ]
    links = ["/ -> /g/", "/ -> /g/a", "/g/ -> /g/b", "/g/a -> /buy", "/g/b -> /old", "/old -> /", "/ -> /buy"]
    return lk.run_audit(build(pages, links))


def test_all_kinds_at_once_are_one_simulation(audit: lk.Audit) -> None:
    changes = [
        Change(ADD, "/g/b", "/buy"),
        Change(REMOVE, "/", "/g/a"),
        Change(NOFOLLOW, "/", "/buy"),
        Change(BLOCK, "Tents", "its pillar"),
        Change(REDIRECT, "/old", "/g/"),
        Change(REDIRECT, "/old", "/buy"),
        Change(BACKLINKS, "/g/b", domains=3),
        Change(BACKLINKS, "/g/b", domains=2),
    ]
    planned = pd.DataFrame({"source": ["/g/"], "target": ["/buy"], "gain": [0.1]})
    ours = simulate_changes(audit, changes, planned=planned)
    theirs = simulate(
        audit,
        add_links=[("/g/", "/buy"), ("/g/a", "/g/"), ("/g/b", "/g/"), ("/g/b", "/buy")],
        remove_links=[("/", "/g/a")],
        nofollow=[("/", "/buy")],
        redirect={"/old": "/buy"},
        backlinks={"/g/b": 5},
    )
    np.testing.assert_array_equal(ours.ledger.to_numpy(), theirs.ledger.to_numpy())
    assert len(ours.changes) == len(theirs.changes) == 8
    gone = simulate_changes(audit, [Change(DELETE, "/g/a")])
    np.testing.assert_array_equal(gone.ledger.to_numpy(), simulate(audit, delete=["/g/a"]).ledger.to_numpy())
    assert simulate_changes(audit, []).changes.empty


def test_what_is_known_of_today_is_taken_over(audit: lk.Audit) -> None:
    first = simulate_changes(audit, [Change(ADD, "/g/b", "/buy")])
    again = simulate_changes(audit, [Change(ADD, "/g/b", "/buy")], before=first.before)
    assert again.before is first.before
    np.testing.assert_array_equal(first.ledger.to_numpy(), again.ledger.to_numpy())


def test_changes_say_what_they_are() -> None:
    assert [str(Change(name, "/a", "/b", 3)) for name in ACTIONS] == [
        "Link from /a to /b",
        "No link from /a to /b",
        "Nofollow on the link from /a to /b",
        "Every page of /a links to /b",
        "/a redirects to /b",
        "/a is deleted",
        "3 new referring domains for /a",
    ]
    assert str(Change(BACKLINKS, "/a", domains=1)) == "1 new referring domain for /a"
    assert str(Change(BACKLINKS, "/a", domains=0.5)) == "0.5 new referring domains for /a"


def test_faults_are_named(audit: lk.Audit) -> None:
    with pytest.raises(lk.SettingsError, match="add a link: still to be given: the page that holds the link and the page it leads to"):  # fmt: skip
        Change(ADD, "", "")
    with pytest.raises(lk.SettingsError, match="redirect a page: still to be given: the page it leads to"):
        Change(REDIRECT, "/a")
    with pytest.raises(lk.SettingsError, match=r"new referring domains: 0\.0: a number"):
        Change(BACKLINKS, "/a")
    with pytest.raises(lk.SettingsError, match="unknown change 'paint'; known are add a link, take"):
        Change("paint", "/a")
    with pytest.raises(lk.SettingsError, match="every page of '/old' links to 'start page' already"):
        simulate_changes(audit, [Change(BLOCK, "/old", "start page")])
    with pytest.raises(lk.SettingsError, match="none of the 1 pages chosen has a pillar"):
        simulate_changes(audit, [Change(BLOCK, "/old", "its pillar")])
