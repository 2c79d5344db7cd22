"""linkkit's own template: 16:9, one master and three layouts, its colours and fonts a theme that an editor can change."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from pptx import Presentation
from pptx.presentation import Presentation as Deck

from linkkit.charts.theme import BLUE, INK, MUTED, PALE, PAPER, PURPLE
from linkkit.deck.brand import Brand
from linkkit.deck.slides.fitting import one_line
from linkkit.deck.slides.geometry import MARGIN, OWN_PAGE, Box
from linkkit.deck.slides.look import theme_accents
from linkkit.deck.story.writing import contrast, text_colour

COVER = Box(344, 138, 572, 150)
"""Title of the cover; what is below it stands right under this box."""
SUBTITLE = Box(COVER.x, COVER.bottom + 14, COVER.width, 66)
SCOPE = Box(COVER.x, 394, COVER.width, 96)
LOGO_COVER = Box(COVER.x, MARGIN, 240, 56)
LOGO = Box(746, 503, 116, 24)
NUMBER = Box(872, 502, 44, 26)
FOOTER = Box(MARGIN, 502, 690, 26)
BLOCK = Box(0, 0, 284, OWN_PAGE.height)
"""Block of colour on the cover."""
TITLE_SIZE, BODY_SIZE, KICKER_SIZE, FOOTER_SIZE, COVER_SIZE = 26, 18, 12, 9, 38
KICKER = 13
"""Index of the placeholder of the line above the title; on the cover, of the lines about what was looked at."""

_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument"
_LAYOUTS = 3


def own_deck(brand: Brand) -> Deck:
    """An empty presentation on linkkit's template in the brand's colours and font.

    Layouts, in order: cover, title and content, title and text.
    """
    layouts = (_cover(brand), _content(), _text())
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": _presentation(),
        "ppt/_rels/presentation.xml.rels": _relations(
            ("slideMaster", "slideMasters/slideMaster1.xml"), ("theme", "theme/theme1.xml")
        ),
        "ppt/theme/theme1.xml": _theme(brand),
        "ppt/slideMasters/slideMaster1.xml": _master(brand),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _relations(
            *(("slideLayout", f"../slideLayouts/slideLayout{n}.xml") for n in range(1, _LAYOUTS + 1)),
            ("theme", "../theme/theme1.xml"),
        ),
    }
    for number, layout in enumerate(layouts, 1):
        parts[f"ppt/slideLayouts/slideLayout{number}.xml"] = layout
        parts[f"ppt/slideLayouts/_rels/slideLayout{number}.xml.rels"] = _relations(
            ("slideMaster", "../slideMasters/slideMaster1.xml")
        )
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    package.seek(0)
    return Presentation(package)


def _content_types() -> str:
    kinds = [
        ("ppt/presentation.xml", "presentationml.presentation.main"),
        ("ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster"),
        ("ppt/theme/theme1.xml", "theme"),
        *((f"ppt/slideLayouts/slideLayout{n}.xml", "presentationml.slideLayout") for n in range(1, _LAYOUTS + 1)),
    ]  # fmt: skip
    return (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in kinds)
        + "</Types>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    return (
        f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        + "</Relationships>"
    )


def _presentation() -> str:
    return (
        f'{_HEAD}<p:presentation {_NS} saveSubsetFonts="1">'
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst/>'
        f'<p:sldSz cx="{_emu(OWN_PAGE.width)}" cy="{_emu(OWN_PAGE.height)}"/><p:notesSz cx="6858000" cy="9144000"/>'
        f'<p:defaultTextStyle><a:lvl1pPr algn="l">{_type(BODY_SIZE, "tx1")}</a:lvl1pPr></p:defaultTextStyle></p:presentation>'
    )


def _theme(brand: Brand) -> str:
    colours = dict(zip(("dk1", "lt1", "dk2", "lt2"), (INK, PAPER, MUTED, PALE), strict=True))
    colours |= {f"accent{number}": rgb for number, rgb in enumerate(theme_accents(brand), 1)}
    colours |= {"hlink": BLUE, "folHlink": PURPLE}
    scheme = "".join(
        f'<a:{name}><a:srgbClr val="{rgb[1:].upper()}"/></a:{name}>' for name, rgb in colours.items()
    )
    font = quoteattr(_office_font(one_line(brand.font)))
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface={font}/><a:ea typeface=""/><a:cs typeface=""/></a:{kind}Font>'
        for kind in ("major", "minor")
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = "".join(
        f'<a:ln w="{width}" cap="flat" cmpd="sng" algn="ctr">{fill}<a:prstDash val="solid"/></a:ln>'
        for width in (6350, 12700, 19050)
    )
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="linkkit"><a:themeElements>'
        f'<a:clrScheme name="linkkit">{scheme}</a:clrScheme><a:fontScheme name="linkkit">{fonts}</a:fontScheme>'
        f'<a:fmtScheme name="linkkit"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )


def _master(brand: Brand) -> str:
    primary = "accent1" if contrast(brand.primary, PAPER) >= 4.5 else "tx1"
    layouts = "".join(f'<p:sldLayoutId id="{2147483648 + n}" r:id="rId{n}"/>' for n in range(1, _LAYOUTS + 1))
    shapes = (
        _placeholder(2, "Title", "title", OWN_PAGE.title, anchor="t")
        + _placeholder(3, "Text", "body", OWN_PAGE.body, index=1)
        + _footers(4)
        + _block(6, "Line above the footer", Box(MARGIN, 497, OWN_PAGE.width - 2 * MARGIN, 0.75), "bg2")
    )
    levels = "".join(
        f'<a:lvl{level}pPr marL="{margin}" indent="{-indent}" algn="l" rtl="0"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="{before}"/></a:spcBef>{bullet}{_type(size, "tx1")}</a:lvl{level}pPr>'
        for level, margin, indent, before, bullet, size in (
            (1, 0, 0, 800, "<a:buNone/>", BODY_SIZE),
            (2, 228600, 228600, 400, '<a:buChar char="•"/>', BODY_SIZE - 2),
            (3, 457200, 228600, 400, '<a:buChar char="•"/>', BODY_SIZE - 4),
        )
    )
    plain = f'<a:lvl1pPr algn="l">{_type(BODY_SIZE, "tx1")}</a:lvl1pPr>'
    return (
        f"{_HEAD}<p:sldMaster {_NS}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/>"
        f"</p:bgPr></p:bg>{_tree(shapes)}</p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
        'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
        f"<p:sldLayoutIdLst>{layouts}</p:sldLayoutIdLst><p:hf hdr=\"0\" dt=\"0\"/><p:txStyles><p:titleStyle>"
        '<a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/>'
        f'{_type(TITLE_SIZE, primary, bold=True, family="+mj")}</a:lvl1pPr></p:titleStyle>'
        f"<p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>{plain}</p:otherStyle></p:txStyles></p:sldMaster>"
    )  # fmt: skip


def _cover(brand: Brand) -> str:
    name = one_line(brand.name)
    signed = (
        _static(9, "Agency", Box(MARGIN, 440, BLOCK.width - 2 * MARGIN + 16, 62), name, 16, "tx1" if text_colour(brand.primary) == INK else "bg1")
        if name
        else ""
    )  # fmt: skip
    shapes = (
        _block(2, "Block of colour", BLOCK, "accent1")
        + _block(3, "Strip of colour", Box(BLOCK.right, 0, 8, OWN_PAGE.height), "accent2")
        + _placeholder(4, "Title", "ctrTitle", COVER, anchor="b", size=COVER_SIZE)
        + _placeholder(5, "Subtitle", "subTitle", SUBTITLE, index=1, anchor="t", size=18, colour="tx2")
        + _placeholder(6, "Scope", "body", SCOPE, index=KICKER, anchor="b", size=11, colour="tx2", before=300)
        + signed
        + _footers(7, on_cover=True)
    )  # fmt: skip
    return _layout("Cover", "title", shapes, ' showMasterSp="0"')


def _content() -> str:
    shapes = _kicker() + _placeholder(3, "Title", "title") + _footers(4)
    return _layout("Title and content", "titleOnly", shapes)


def _text() -> str:
    shapes = (
        _kicker() + _placeholder(3, "Title", "title") + _placeholder(6, "Text", "body", index=1) + _footers(4)
    )
    return _layout("Title and text", "tx", shapes)


def _kicker() -> str:
    return _placeholder(
        2, "Chapter", "body", OWN_PAGE.kicker, index=KICKER, anchor="b", size=KICKER_SIZE, colour="tx2", before=0
    )  # fmt: skip


def _footers(first: int, *, on_cover: bool = False) -> str:
    footer = Box(COVER.x, FOOTER.y + 8, 480, 20) if on_cover else FOOTER
    return _placeholder(
        first, "Footer", "ftr", footer, index=11, anchor="ctr", size=FOOTER_SIZE, colour="tx2"
    ) + _placeholder(
        first + 1, "Slide number", "sldNum", Box(NUMBER.x, NUMBER.y + 8, NUMBER.width, 20) if on_cover else NUMBER,
        index=12, anchor="ctr", size=FOOTER_SIZE + 1, colour="tx2", align="r",
    )  # fmt: skip


def _layout(name: str, kind: str, shapes: str, more: str = "") -> str:
    return (
        f'{_HEAD}<p:sldLayout {_NS} type="{kind}" preserve="1"{more}><p:cSld name="{name}">{_tree(shapes)}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _tree(shapes: str) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
        f"{shapes}</p:spTree>"
    )


def _placeholder(
    number: int,
    name: str,
    kind: str,
    box: Box | None = None,
    *,
    index: int | None = None,
    anchor: str = "t",
    size: float | None = None,
    colour: str = "tx1",
    align: str = "l",
    before: int | None = None,
) -> str:
    place = f' idx="{index}"' if index is not None else ""
    short = ' sz="quarter"' if kind in ("ftr", "sldNum") else ""
    levels = ""
    if size is not None:
        space = f'<a:spcBef><a:spcPts val="{before}"/></a:spcBef>' if before is not None else ""
        bold = kind == "ctrTitle"
        ink = "" if bold else colour
        levels = f'<a:lvl1pPr marL="0" indent="0" algn="{align}">{space}<a:buNone/>{_type(size, ink, bold=bold)}</a:lvl1pPr>'
    body = (
        '<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld></a:p>'
        if kind == "sldNum"
        else f"<a:p><a:r><a:rPr/><a:t>{name}</a:t></a:r></a:p>"
    )
    frame = (
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
        if box is not None
        else "<a:bodyPr/>"
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{short}{place}/></p:nvPr></p:nvSpPr><p:spPr>{_placed(box)}</p:spPr>'
        f"<p:txBody>{frame}<a:lstStyle>{levels}</a:lstStyle>{body}</p:txBody></p:sp>"
    )


def _block(number: int, name: str, box: Box, colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_placed(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr/></a:p></p:txBody></p:sp>"
    )


def _static(number: int, name: str, box: Box, text: str, size: float, colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_placed(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r>'
        f'<a:rPr sz="{size * 100:.0f}" b="1"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:rPr>'
        f"<a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _placed(box: Box | None) -> str:
    if box is None:
        return ""
    return (
        f'<a:xfrm><a:off x="{_emu(box.x)}" y="{_emu(box.y)}"/>'
        f'<a:ext cx="{_emu(box.width)}" cy="{_emu(box.height)}"/></a:xfrm>'
    )


def _type(size: float, colour: str, *, bold: bool = False, family: str = "+mn") -> str:
    fill = f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>' if colour else ""
    return (
        f'<a:defRPr sz="{size * 100:.0f}" b="{int(bold)}" kern="1200">{fill}<a:latin typeface="{family}-lt"/>'
        f'<a:ea typeface="{family}-ea"/><a:cs typeface="{family}-cs"/></a:defRPr>'
    )


def _office_font(family: str) -> str:
    """The family of the same widths that comes with Office, for one that does not."""
    return {"Liberation Sans": "Arial", "Liberation Serif": "Times New Roman"}.get(family, family)


def _emu(points: float) -> int:
    return round(points * 12700)
