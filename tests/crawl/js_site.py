"""A small site whose links come by script in every way, and pages that mean no good."""

from tests.crawl.conftest import Page, WebServer, links

MENU = """document.addEventListener('DOMContentLoaded', async () => {
  const menu = await (await fetch('/menu.json')).json();
  document.getElementById('menu').innerHTML = menu.map(each => `<a href="${each}">${each}</a>`).join('');
});"""
ROUTER = """history.pushState({}, '', '/routed/deep/');
document.getElementById('root').innerHTML = '<h1>Routed</h1><p>%s</p><a href="sibling">By its new address</a>';""" % (
    "word " * 80
)
LAZY = """new IntersectionObserver((seen, observer) => { if (seen.some(each => each.isIntersecting)) {
  observer.disconnect(); setTimeout(() => document.querySelector('#lazy').innerHTML = '<a href="/from-lazy">Lazy</a>', 200);
}}).observe(document.querySelector('#lazy'));"""
SHADOW = """const host = document.querySelector('#host').attachShadow({mode: 'open'});
host.innerHTML = '<nav><a href="/from-shadow">Shadow</a></nav>';"""
HOSTILE = """
alert('a'); confirm('b'); prompt('c');
window.open('/popup'); window.onbeforeunload = () => 'stay';
const a = document.createElement('a'); a.href = '/download.zip'; a.download = 'x'; document.body.append(a); a.click(); a.remove();
const b = document.createElement('a'); b.href = '/blank'; b.target = '_blank'; document.body.append(b); b.click(); b.remove();
navigator.serviceWorker && navigator.serviceWorker.register('/worker.js');
navigator.geolocation.getCurrentPosition(() => fetch('/located'), () => 0);
navigator.sendBeacon('/beacon', 'x'); new Image().src = '/pixel.gif';
try { new WebSocket('ws://' + location.host + '/socket'); } catch {}
for (const where of ['{private}', 'http://169.254.169.254/latest/', '{private}/by-redirect'])
  fetch(where, {mode: 'no-cors'}).then(() => document.title = 'reached ' + where, () => 0);
fetch('/leads-inside').then(answer => answer.ok && (document.title = 'reached'), () => 0);
document.querySelector('#more').innerHTML = '<a href="/after-hostile">After</a>';
"""


def page(script: str, body: str = "", *, served: str = "") -> str:
    return f"<html><head><title>JS</title></head><body>{links(*served.split())}{body}<script>{script}</script></body></html>"


def js_site(private: str) -> dict[str, Page | str]:
    hostile = HOSTILE.replace("{private}", private)
    return {
        "/": '<title>Home</title><script src="/menu.js"></script><h1>Home</h1><nav id="menu"></nav><a href="/both">Both</a>',
        "/menu.js": Page(MENU, content_type="text/javascript"),
        "/menu.json": Page(
            '["/both", "/routed", "/lazy", "/shadow", "/leaves", "/hostile", "/slow"]',
            content_type="application/json",
        ),
        "/both": page("document.querySelector('#gone').remove()", '<p id="gone"><a href="/taken-away">Gone</a></p>', served="/"),
        "/routed": page(ROUTER, '<div id="root"></div><noscript><a href="/noscript">No</a></noscript>'),
        "/routed/deep/sibling": "<title>Sibling</title>",
        "/lazy": page(LAZY, '<div style="height:3000px"></div><div id="lazy"></div>'),
        "/shadow": page(SHADOW, '<div id="host"></div>'),
        "/leaves": page("location.href = '/landed'", served="/both"),
        "/slow": page("fetch('/never').then(() => 0); document.body.innerHTML += '<a href=\"/after-slow\">x</a>'"),
        "/hostile": page(hostile, '<div id="more"></div>'),
        "/leads-inside": Page("", 302, {"Location": private}),
        **{
            path: f"<title>{path}</title>"
            for path in (
                *("/from-lazy", "/from-shadow", "/landed", "/after-slow", "/after-hostile", "/taken-away"),
                *("/noscript", "/popup", "/blank", "/located"),
            )
        },
    }  # fmt: skip


def stall(server: WebServer, path: str = "/never") -> None:
    """Let one address never answer, within the life of a test."""
    import time

    def answer(asked: str) -> Page | None:
        if asked == path:
            time.sleep(8)
        return None

    server.on_request = answer
