"""A site made larger from a crawl keeps its degrees: links, positions and anchors of each page are those of the page it was made from."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from linkkit.site import Site
from tests.bench.large_site import enlarged
from tests.site_factory import build

TIMES = 5


@pytest.fixture(scope="module")
def crawl() -> Site:
    """A start page that all pages link to, and sixty pages of uneven degree in three folders."""
    chance = np.random.default_rng(3)
    paths = [f"/s{number % 3}/p{number}" for number in range(60)]
    links = [f"{path} -> /" for path in paths] + [f"/ -> {path}" for path in paths[:9]]
    links += [
        f"{paths[s]} -> {paths[int(60 * chance.random() ** 1.5)]}" for s in range(60) for _ in range(s % 7)
    ]
    return build(["/", *paths], sorted(set(links)))


def _degrees(site: Site) -> tuple[np.ndarray, np.ndarray]:
    links = pq.read_table(site.places["links"], columns=["source_id", "target_id"])
    return tuple(
        np.bincount(links[name].to_numpy(), minlength=len(site.pages)) for name in links.column_names
    )  # type: ignore[return-value]


def test_degrees_are_kept_but_for_what_the_whole_site_links_to(crawl: Site) -> None:
    large = enlarged(crawl, TIMES)
    out, into = _degrees(crawl)
    out_large, into_large = (each.reshape(TIMES, -1) for each in _degrees(large))
    start = crawl.page_id(crawl.start_url)
    others = np.arange(len(out)) != start
    assert (out_large[:, others] == out[others]).all()
    assert (into_large[:, others] == into[others]).all()
    levels = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
    assert np.quantile(into_large[:, others], levels) == pytest.approx(
        np.quantile(np.tile(into[others], TIMES), levels)
    )
    assert into_large[0, start] == TIMES * into[start]
    # The start page leads to those of the other layers as well.
    assert out_large[:, start].tolist() == [out[start] + TIMES - 1, *[out[start]] * (TIMES - 1)]


def test_layers_hang_together_and_are_the_same_with_the_same_seed(crawl: Site) -> None:
    one, two = enlarged(crawl, TIMES), enlarged(crawl, TIMES)
    links = [pq.read_table(site.places["links"]) for site in (one, two)]
    assert links[0].equals(links[1])
    layer = [links[0][name].to_numpy() // len(crawl.pages) for name in ("source_id", "target_id")]
    assert ((layer[0] != layer[1]) & (layer[1] > 0)).any()
    assert one.pages["url"].is_unique
    assert (
        one.pages["section"].value_counts()["/s1/"] == TIMES * crawl.pages["section"].value_counts()["/s1/"]
    )
