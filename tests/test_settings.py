"""``client.toml``: the file of a new client, its reader, presets, and saving single values."""

import inspect
import math
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.comparison import read_rules
from linkkit.crawler.run import run_crawl
from linkkit.deck.language import language
from linkkit.deck.story.differences import differences
from linkkit.linkmodel import LinkModel
from linkkit.presets import preset, presets
from linkkit.settings import ClientSettings, client_toml, defaults_of, settings_page, with_values
from linkkit.settings.declared import CRAWL
from linkkit.settings.template import documented
from linkkit.thresholds import knobs

SITE = "https://www.client.example/"
ROOT = Path(__file__).parent.parent
_OFF = re.compile(r"^#(?=[a-z_]+ = )", re.MULTILINE)
_EXAMPLE = re.compile(r"^#     ", re.MULTILINE)


def _new(**given: object) -> str:
    return client_toml("acme", SITE, **given)  # type: ignore[arg-type]


# The file of a new client


@pytest.mark.parametrize("name", ["", *presets()])
def test_every_line_taken_out_of_its_comment_is_the_default(name: str) -> None:
    text = _new(preset_name=name)
    whole = ClientSettings.parse(_OFF.sub("", text))
    assert whole == ClientSettings.parse(text)
    assert whole == ClientSettings.parse(
        f'name = "acme"\nstart_url = "{SITE}"\n' + (f'preset = "{name}"' if name else "")
    )
    assert whole.thresholds == (preset(name).thresholds if name else lk.Thresholds())
    assert whole.model == (preset(name).model if name else LinkModel())
    # Nothing is left out: each setting stands once, with a line on it before.
    for table, settings in documented().items():
        for each in settings:
            stored = tomllib.loads(_OFF.sub("", text))
            assert each.name in (stored[table] if table else stored)
    assert len(_OFF.findall(text)) + 2 + bool(name) == sum(map(len, documented().values()))


def test_every_setting_is_explained_with_range_and_source() -> None:
    lines = _new().split("\n")
    for place, line in enumerate(lines):
        if re.match(r"#?[a-z_]+ = ", line):
            said = next(before for before in reversed(lines[:place]) if not before.startswith("#     "))
            assert said.startswith("# "), line
            assert " Source: " in said, line
    for name, knob in knobs().items():
        said = lines[lines.index(next(line for line in lines if line.startswith(f"#{name} = "))) - 1]
        assert (
            said == f"# {knob.help} Unit: {knob.unit}, {knob.low:g} to {knob.high:g}. Source: {knob.source}."
        )


def test_the_examples_are_sound() -> None:
    text = _EXAMPLE.sub("", "\n".join(line for line in _new().split("\n") if not _OFF.match(line)))
    found = ClientSettings.parse(text)
    assert found.preset == "shop"
    assert found.scope.words() == (
        "hosts www.client.example, shop.client.example, blog.client.example; only /en/, https://shop.client.example/en/"
    )
    assert found.thresholds.section_values() == [("/blog/", "max_crawl_depth", 5, 4)]
    assert found.clusters[0].name == "Tents"
    assert found.brand["primary_colour"] == "#22382d"
    assert found.crawl["exclude"] == ["[?&]sort="]
    assert read_rules(found.url_mapping)[0].replacement == r"https://new.example/\1"


def test_crawl_settings_are_those_of_the_crawl() -> None:
    defaults = {
        name: parameter.default for name, parameter in inspect.signature(run_crawl).parameters.items()
    }
    for name, setting in CRAWL.items():
        none = {"user_agent": "", "include": [], "exclude": []}.get(name, math.inf)
        assert setting.default == (none if defaults[name] in (None, ()) else defaults[name]), name


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    assert (ROOT / "docs" / "client-settings.md").read_text("utf-8") == settings_page(), "run `make docs`"


def test_what_is_given_stands_in_the_file() -> None:
    text = _new(
        crawl_url="https://staging.client.example/", preset_name="publisher", hosts=["blog.client.example"], folders=["/en"]
    )  # fmt: skip
    found = ClientSettings.parse(text)
    assert (found.crawl_url, found.preset) == ("https://staging.client.example/", "publisher")
    assert found.scope.words() == "hosts www.client.example, blog.client.example; only /en/"
    assert '\nhosts = ["blog.client.example"]\n' in text
    assert "\n#max_crawl_depth = 5\n" in text


@given(st.text(max_size=40))
def test_any_name_survives_the_file(name: str) -> None:
    assert ClientSettings.parse(client_toml(name, SITE)).name == name


# Reading


def test_faults_name_their_line() -> None:
    text = f"""name = "acme"
start_url = "{SITE}"
preset = "bakery"
colour = "red"

[crawl]
max_pages = 0
delay = -1
speed = 3

[scope]
hosts = ["shop.client.example/x", "*.client.example"]
folders = ["en", "https://else.example/"]

[thresholds]
max_crawl_depth = 99
max_depth = 3

[model]
damping = 2

[sections."/blog/".thresholds]
deepest = 4
max_crawl_depth = 0

[sections."/shop/"]
max_crawl_depth = 4

[compare]
url_mapping = ["^https://old/(.*$ => https://new/", "no arrow"]

[work]
link = 99
coffee = 1

[impact]
gain = 0
traffic = 0
depth = 0
severity = 0
"""
    with pytest.raises(lk.SettingsError) as caught:
        ClientSettings.parse(text)
    message = str(caught.value)
    for fault in (
        "line 3: unknown preset 'bakery'; known are small_business, publisher, shop, documentation",
        "line 4: unknown setting 'colour'; known are name, start_url",
        "line 7: crawl option 'max_pages' = 0: must be 1 or more",
        "line 8: crawl option 'delay' = -1: must be 0 or more",
        "line 9: unknown crawl option 'speed'; known are max_pages",
        "hosts: 'shop.client.example/x' is no host; expected one such as shop.client.example",
        "hosts: '*.client.example' is no host",
        "folders: 'en' is no folder",
        "folders: 'https://else.example/' lies on else.example, which is not among the hosts",
        "line 16: max_crawl_depth = 99: must lie between 1 and 10 clicks",
        "line 17: unknown threshold max_depth; known are max_crawl_depth",
        "line 20: damping = 2: must lie between 0.5 and 0.95",
        'line 23: sections."/blog/": unknown threshold deepest; known are',
        'line 24: sections."/blog/": max_crawl_depth = 0: must lie between 1 and 10 clicks',
        'line 26: sections."/shop/": only thresholds are known there',
        "rule 1, ^https://old/(.*$ => https://new/: missing )",
        "'no arrow': expected 'pattern => replacement'",
        "line 33: work setting 'link' = 99: must be 0 to 4",
        "line 34: unknown work setting 'coffee'; known are hours_per_week, start, reword",
        "ImpactWeights: at least one weight must be above 0",
    ):
        assert fault in message, f"{fault}\n---\n{message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = \n", "line 1"),
        ('name = "a"\nname = "b"\n', "line 2"),
        ('start_url = "x"', "'name' is missing"),
        ('name = "a"\nstart_url = "x"\ncrawl = 3', "line 3: crawl = 3: a table"),
        ('name = "a"\nstart_url = "x"\nsections = 3', "sections = 3: a table of folders"),
        ('name = "a"\nstart_url = "x"\nbrand = 3', "brand = 3: a table"),
        ('name = "a"\nstart_url = "x"\npreset = 3', "line 3: 'preset' = 3: expected a text"),
        ('name = "a"\nstart_url = "x"\nthresholds = 3', "thresholds = 3: a table"),
        ('name = "a"\nstart_url = "x"\n[crawl]\nmax_pages = true', "line 4: crawl option 'max_pages' = True"),
        ('name = "a"\nstart_url = "x"\n[crawl]\ndelay = inf', "'delay' = inf: expected a number"),
        ('name = "a"\nstart_url = "x"\n[crawl]\ninclude = "/en/"', "'include' = '/en/': expected a list of texts"),
        ('name = "a"\nstart_url = "x"\n[scope]\nhosts = "b.example"', "'hosts' = 'b.example': expected a list"),
        ('name = "a"\nstart_url = "no address"\n[scope]\nhosts = ["b.example"]', "not a URL"),
    ],
)  # fmt: skip
def test_bad_values_are_refused(text: str, message: str) -> None:
    with pytest.raises(lk.SettingsError) as caught:
        ClientSettings.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        # As earlier versions wrote it.
        f'name = "acme"\nstart_url = "{SITE}"\n# [signals]\n# money_pages = "money_pages.txt"\n\n[crawl]\n\n[thresholds]\n',
        (ROOT / "sample_data" / "client.toml").read_text("utf-8"),
    ],
)
def test_files_of_existing_clients_are_read(text: str) -> None:
    found = ClientSettings.parse(text)
    assert (found.thresholds, found.model, found.preset) == (lk.Thresholds(), LinkModel(), "")
    assert found.scope.to_json() == {}


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "client.toml").write_bytes("\ufeff".encode() + _new().encode())
    assert ClientSettings.read(tmp_path / "client.toml").name == "acme"


# Presets


def test_presets_differ_from_the_default_and_say_why() -> None:
    assert list(presets()) == ["small_business", "publisher", "shop", "documentation"]
    for each in presets().values():
        differing = {*each.thresholds.non_default(), *each.model.non_default()}
        assert differing == set(each.reasons), "a reason for each value, and no value that is the default"
        assert all(len(reason.split()) > 4 for reason in each.reasons.values())
        assert each.thresholds.preset == each.name


def test_what_the_file_says_wins_over_the_preset() -> None:
    head = f'name = "acme"\nstart_url = "{SITE}"\npreset = "shop"\n'
    found = ClientSettings.parse(f"{head}[thresholds]\nmax_crawl_depth = 3\nweak_linking_pages = 2\n")
    assert found.thresholds.max_crawl_depth == 3
    assert found.thresholds.weak_linking_pages == 2
    assert found.thresholds.too_many_links_min == 200
    found = ClientSettings.parse(head.replace("shop", "documentation") + "[model]\ndamping = 0.7\n")
    assert (found.model.damping, found.model.chrome_weight) == (0.7, 0.3)


def test_words_tell_default_preset_and_own_value_apart() -> None:
    thresholds = preset("shop").thresholds.replace(
        max_crawl_depth=5, min_section_pages=5, weak_linking_pages=2
    )
    en = language("en")
    blog = thresholds.with_sections({"/blog/": {"max_crawl_depth": 7}})
    words = {each.name: each.text for each in differences(blog, LinkModel(), en)}
    assert words["max_crawl_depth"].startswith("5 clicks instead of 3 (preset shop: 4). ")
    assert words["min_section_pages"].startswith("5 pages, the default (preset shop: 10). ")
    assert words["weak_linking_pages"].startswith("2 pages instead of 1. ")
    assert words["too_many_links_min"] == (
        "200 links instead of 100, by the preset shop: a list of products links to each by design."
    )
    assert words["max_crawl_depth in /blog/"].startswith("7 clicks instead of 5. ")
    assert list(differences(lk.Thresholds(), LinkModel(), en)) == []
    documentation = preset("documentation")
    words = {each.name: each for each in differences(documentation.thresholds, documentation.model, en)}
    assert words["chrome_weight"].text.startswith("0.3 instead of 0.1, by the preset documentation: ")
    assert words["chrome_weight"].value == "0.3 x a content link"
    words = {each.name: each for each in differences(documentation.thresholds, LinkModel(), en)}
    assert words["chrome_weight"].text.startswith("0.1, the default (preset documentation: 0.3). ")
    (damping,) = differences(lk.Thresholds(), LinkModel(damping=0.7), language("de"))
    assert damping.text.startswith("0,7 statt 0,85. ")


# Saving


def test_a_saved_value_takes_the_place_of_its_comment_and_gives_it_back(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path)
    path = client.folder / "client.toml"
    before = path.read_text("utf-8")
    client = client.save_thresholds(lk.Thresholds(max_crawl_depth=5, near_duplicate_similarity=0.9))
    after = path.read_text("utf-8")
    assert after == before.replace("#max_crawl_depth = 3", "max_crawl_depth = 5").replace(
        "#near_duplicate_similarity = 0.8", "near_duplicate_similarity = 0.9"
    )
    client = client.save_model(LinkModel(damping=0.7, nofollow="keep"))
    assert client.settings.thresholds.max_crawl_depth == 5
    assert (client.settings.model.damping, client.settings.model.nofollow) == (0.7, "keep")
    client.save_model(LinkModel()).save_thresholds(lk.Thresholds())
    assert path.read_text("utf-8") == before


def test_saving_under_a_preset_keeps_what_differs_from_it(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path, preset="shop")
    path = client.folder / "client.toml"
    before = path.read_text("utf-8")
    # Back to the default is a value of its own under a preset.
    wanted = client.settings.thresholds.replace(max_crawl_depth=3)
    client = client.save_thresholds(wanted)
    assert client.settings.thresholds == wanted
    assert "\nmax_crawl_depth = 3\n" in path.read_text("utf-8")
    assert client.save_thresholds(preset("shop").thresholds).settings.thresholds.max_crawl_depth == 4
    assert path.read_text("utf-8") == before


def test_saving_leaves_sections_clusters_and_notes_alone(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path)
    path = client.folder / "client.toml"
    more = '\n# my note\n[sections."/blog/".thresholds]  # theirs\nmax_crawl_depth = 5\n\n[[clusters]]\nname = "T"\npillar = "/t/"\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    client = lk.Client.open("acme", clients=tmp_path).save_thresholds(lk.Thresholds(weak_linking_pages=3))
    assert path.read_text("utf-8").endswith(more)
    assert client.settings.thresholds.section_values() == [("/blog/", "max_crawl_depth", 5, 3)]
    assert client.settings.thresholds.weak_linking_pages == 3
    assert client.settings.clusters[0].name == "T"


DEFAULTS = defaults_of("thresholds")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "\n[thresholds]\nmax_crawl_depth = 5\n"),
        ("a = 1\n", "a = 1\n\n[thresholds]\nmax_crawl_depth = 5\n"),
        ("[thresholds]\n", "[thresholds]\nmax_crawl_depth = 5\n"),
        ("[thresholds]", "[thresholds]\nmax_crawl_depth = 5"),
        ("[thresholds]\n# words\n\n# on brands\n[brand]\n", "[thresholds]\nmax_crawl_depth = 5\n# words\n\n# on brands\n[brand]\n"),
        ("[thresholds] # mine\nmax_crawl_depth = 4  # why\n", "[thresholds] # mine\nmax_crawl_depth = 5  # why\n"),
        ("[thresholds]\n# max_crawl_depth = 3\n", "[thresholds]\nmax_crawl_depth = 5\n"),
        ("[thresholds]\nweak_linking_pages = 2\n\n[crawl]\n#max_crawl_depth = 1\n", "[thresholds]\nweak_linking_pages = 2\nmax_crawl_depth = 5\n\n[crawl]\n#max_crawl_depth = 1\n"),
        ("[thresholds]\r\nweak_linking_pages = 2\r\n", "[thresholds]\r\nweak_linking_pages = 2\r\nmax_crawl_depth = 5\r\n"),
        ("thresholds = { weak_linking_pages = 2 }\n", "thresholds = { weak_linking_pages = 2 , max_crawl_depth = 5}\n"),
    ],
)  # fmt: skip
def test_where_a_value_is_written(text: str, after: str) -> None:
    found = with_values(text, "thresholds", {"max_crawl_depth": 5}, DEFAULTS)
    if "{" in text:
        assert tomllib.loads(found) == {"thresholds": {"weak_linking_pages": 2, "max_crawl_depth": 5}}
    else:
        assert found == after
    if "max_crawl_depth = 4" not in text:
        removed = with_values(found, "thresholds", {"max_crawl_depth": None}, DEFAULTS)
        assert {"thresholds": {}} | tomllib.loads(removed) == {"thresholds": {}} | tomllib.loads(text)


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["max_crawl_depth", "weak_linking_pages", "max_landing_clicks"]), st.integers(1, 10)),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_saving_again_and_again_keeps_the_file_in_order(steps: list[dict[str, int]]) -> None:
    first = _new()
    text = first
    for values in steps:
        every = dict.fromkeys(DEFAULTS) | values
        text = with_values(text, "thresholds", every, DEFAULTS)
        assert ClientSettings.parse(text).thresholds == lk.Thresholds(**values)
    assert with_values(text, "thresholds", dict.fromkeys(DEFAULTS), DEFAULTS) == first


def test_a_fault_leaves_no_client_behind(tmp_path: Path) -> None:
    for values in ({"preset": "bakery"}, {"hosts": ["a b"]}, {"folders": ["en"]}):
        with pytest.raises(lk.SettingsError):
            lk.Client.new("acme", SITE, clients=tmp_path, **values)  # type: ignore[arg-type]
    assert not (tmp_path / "acme").exists()


def test_render_takes_three_words() -> None:
    start = 'name = "Acme"\nstart_url = "https://acme.example/"\n[crawl]\n'
    settings = ClientSettings.parse(
        start + 'render = "always"\nrender_seconds = 20\nrender_external = false\n'
    )
    assert settings.crawl == {"render": "always", "render_seconds": 20, "render_external": False}
    assert ClientSettings.parse(start + 'render = "auto"\n').crawl == {}
    with pytest.raises(lk.SettingsError, match=r"must be one of auto, always, never"):
        ClientSettings.parse(start + 'render = "sometimes"\n')
