"""What the sample client's pages earn: shares of sessions, clicks, key events and referring domains."""

from __future__ import annotations

MONEY_PRODUCTS = (
    "/shop/tents/corrie-2/",
    "/shop/tents/gale-geodesic/",
    "/shop/sleeping-bags/ember-500-down/",
    "/shop/rucksacks/packhorse-65/",
    "/shop/footwear/bracken-leather-boot/",
    "/shop/waterproofs/squall-jacket/",
    "/shop/packrafts/otter-solo-raft/",
    "/shop/packrafts/rapid-dry-suit/",
)
MONEY_SERVICES = (
    "/services/boot-fitting/",
    "/services/tent-repair/",
    "/services/reproofing/",
    "/services/gear-hire/",
    "/services/guided-weekends/",
)
MONEY_PLANTED = (
    "/book/",
    "/services/custom-insoles/",
    "/services/corporate-days/",
    "/shop/packrafts/otter-starter-bundle/",
    "/hire/packraft-weekend/",
    "/hire/group-river-day/",
    "/hire/schools-programme/",
)
# Planted pages that one source alone may know.
ONLY_SITEMAP = ("/events/kendal-film-night/", "/hill-weather-words/")
ONLY_SEARCH_CONSOLE = "/winter-kit-list-2023/"
ONLY_ANALYTICS = "/lp/spring-hire-offer/"
ONLY_BACKLINKS = "/press/fort-william-opening/"
ONLY_LOGS = "/archive/2019-catalogue-notes/"
ONLY_LIST = "/services/corporate-days/"
ALONE = {*ONLY_SITEMAP, ONLY_SEARCH_CONSOLE, ONLY_ANALYTICS, ONLY_BACKLINKS, ONLY_LOGS, ONLY_LIST}

# Percent of all sessions, search clicks and key events; by URL, else by kind of page.
BY_URL: dict[str, tuple[float, float, float]] = {
    "/": (9.0, 13.0, 3.0),
    "/shop/": (3.6, 2.0, 1.5),
    "/guides/": (2.2, 2.0, 0.3),
    "/blog/": (2.2, 1.0, 0.3),
    "/services/": (2.0, 1.4, 1.8),
    "/about/": (1.2, 0.7, 0.1),
    "/about/team/": (1.4, 0.6, 0.1),
    "/contact/": (2.6, 1.2, 2.6),
    "/stores/kendal/": (1.9, 2.2, 0.8),
    "/stores/fort-william/": (1.7, 2.0, 0.7),
    "/delivery/": (1.9, 0.6, 0.1),
    "/returns/": (1.9, 0.7, 0.1),
    "/size-guide/": (1.9, 1.2, 0.1),
    "/gift-cards/": (1.4, 0.9, 0.9),
    "/repairs-pledge/": (1.2, 0.6, 0.1),
    "/privacy/": (1.5, 0.7, 0.0),
    "/terms/": (1.4, 0.6, 0.0),
    "/cookies/": (1.5, 0.3, 0.0),
    "/accessibility/": (1.3, 0.5, 0.0),
    "/newsletter/": (1.0, 0.2, 2.0),
    "/book/": (1.9, 0.6, 13.0),
    "/services/custom-insoles/": (1.6, 2.4, 7.5),
    "/shop/packrafts/otter-starter-bundle/": (1.3, 1.9, 6.0),
    "/hire/packraft-weekend/": (0.4, 0.5, 2.4),
    "/hire/group-river-day/": (0.3, 0.4, 1.9),
    "/hire/schools-programme/": (0.3, 0.4, 1.6),
    "/price-promise/": (0.02, 0.01, 0.0),
    "/shop/last-season/": (0.3, 0.0, 0.1),
    "/lab/hydrostatic-head-tests/": (0.6, 1.3, 0.0),
    "/lab/stove-boil-times/": (0.5, 1.0, 0.0),
    "/lab/tent-pole-snap-test/": (0.4, 0.7, 0.0),
    **dict.fromkeys(MONEY_PRODUCTS, (0.7, 0.6, 2.3)),
    **dict.fromkeys(MONEY_SERVICES, (1.6, 1.5, 7.5)),
}
BY_KIND: dict[str, tuple[float, float, float]] = {
    "category": (1.9, 1.5, 0.3),
    "product": (0.34, 0.3, 0.16),
    "pillar": (1.4, 1.7, 0.1),
    "guide": (0.75, 1.15, 0.06),
    "post": (0.28, 0.36, 0.01),
    "author": (1.0, 0.4, 0.0),
    "tag": (0.12, 0.03, 0.0),
    "blog-index": (0.2, 0.02, 0.0),
    "static": (0.05, 0.06, 0.0),
}

REFERRING_DOMAINS = {
    "/": 46,
    "/about/": 5,
    "/repairs-pledge/": 13,
    "/stores/kendal/": 4,
    "/shop/tents/": 3,
    "/shop/tents/corrie-1/": 6,
    "/shop/packrafts/otter-solo-raft/": 4,
    "/shop/footwear/bracken-leather-boot/": 3,
    "/services/boot-fitting/": 8,
    "/services/tent-repair/": 9,
    "/services/guided-weekends/": 4,
    "/guides/wild-camping/": 11,
    "/guides/wild-camping/choosing-a-pitch/": 12,
    "/guides/wild-camping/winter-camping/": 6,
    "/guides/wild-camping/condensation/": 5,
    "/guides/waterproofing-care/how-waterproofs-work/": 9,
    "/guides/waterproofing-care/leather-boot-care/": 7,
    "/guides/navigation-skills/map-and-compass-basics/": 14,
    "/guides/navigation-skills/navigating-in-mist/": 5,
    "/guides/packrafting/first-river-trip/": 6,
    "/guides/packrafting/river-safety/": 4,
    "/guides/footwear-fit/measuring-your-feet/": 8,
    "/blog/repairing-a-forty-year-old-tent/": 9,
    "/blog/six-tents-one-storm/": 12,
    "/blog/running-the-bob-graham-in-mist/": 7,
    "/blog/midges-a-field-report/": 6,
    "/blog/the-weight-spreadsheet/": 8,
    "/blog/paper-maps-in-2025/": 5,
    "/blog/bothy-etiquette/": 10,
    "/lab/hydrostatic-head-tests/": 34,
    "/lab/stove-boil-times/": 21,
    "/lab/tent-pole-snap-test/": 18,
    "/archive/tent-fabric-notebook/": 7,
    "/map-reading-evenings/": 4,
    ONLY_BACKLINKS: 3,
    # The redirect and the copy count for the pages behind them.
    "/shop/sale-boots/": 2,
    "/shop/rucksacks/strider-45-navy/": 2,
    # What these bring is lost on landing: gone, a circle of redirects, a canonical and a redirect to other sites.
    "/events/winter-lecture-2023/": 6,
    "/sale/": 3,
    "/archive/heather-column/": 4,
    "/shop/spares/": 2,
}
# Links that have gone: their pages have no referring domains (any more).
LOST = {"/lab/fabric-glossary/": 3, "/workshop-waiting-times/": 2, "/blog/mending-zips/": 2, "/": 4}

# What visitors do next. Share of a page's sessions that go on to another page; by URL, else the usual one.
ONWARD = 0.42
ONWARD_BY_URL = {
    **dict.fromkeys(("/privacy/", "/terms/", "/cookies/", "/accessibility/"), 0.05),
    "/workshop-waiting-times/": 0.1,
}
# Planted: the reports of the lab are read, and that is it.
LEFT = {
    "/lab/hydrostatic-head-tests/": {"/lab/how-we-test/": 9},
    "/lab/stove-boil-times/": {"/": 3},
    "/lab/tent-pole-snap-test/": {"/lab/hydrostatic-head-tests/": 6, "/lab/how-we-test/": 2},
}
# Planted: over the page in the middle to one that the first does not link to.
OVER_ANOTHER = (
    (
        "/guides/packrafting/",
        "/guides/packrafting/packing-the-raft/",
        "/shop/packrafts/otter-starter-bundle/",
    ),
    ("/guides/footwear-fit/", "/guides/footwear-fit/lacing-techniques/", "/services/custom-insoles/"),
)
OVER_ANOTHER_STEPS = (170, 260)
# Planted: steps along no link.
BY_THEMSELVES = {
    ("/shop/stoves/", "/lab/stove-boil-times/"): 44,
    ("/about/", "/shop/footwear/merino-hike-sock/"): 31,
}
# Planted: links that nobody takes, on pages with many steps; elsewhere a few do.
NOT_TAKEN = (("/size-guide/", "/price-promise/"), ("/services/gear-hire/", "/price-promise/"))
SELDOM_TAKEN = {"/price-promise/": 0.06}
# Share of steps into the site's search; planted: one page from which far more go there.
SEARCH, SEARCHES = 0.04, {"/shop/navigation/": 0.29}
SEARCH_WORDS = ("tent pegs", "gift card", "compass", "merino", "repair", "voucher", "down jacket", "raft")
