"""The sample feed: the articles of this package as real RSS 2.0, as a newsroom would serve it.

It goes the ordinary road: the site serves these bytes over HTTP, and they are fetched, parsed
and ingested like any other feed. An article is a text file: a head of `name: value` lines, an
empty line, and paragraphs («## » a heading, «> » a quotation, «- » a list).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

_HERE = Path(__file__).parent
_IMAGES = _HERE / "images"
TITLE = "ليفانت: مقالات نموذجية"

_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"
 xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>{title}</title>
<link>{base}/</link>
<description>{title}</description>
<language>ar</language>
<atom:link rel="self" type="application/rss+xml" href={feed}/>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleArticle:
    """An invented article. `hours` is how long before now it was published; `related` is the
    slug of another one, under `related_title`."""

    slug: str
    topic: str
    hours: int
    headline: str
    kicker: str = ""
    standfirst: str = ""
    image: str = ""
    alt: str = ""
    caption: str = ""
    byline: str = ""
    related: str = ""
    related_title: str = ""
    text: str = ""


@cache
def sample_articles() -> tuple[SampleArticle, ...]:
    """All of them, the newest first."""
    found = [_read(path) for path in (_HERE / "articles").glob("*.txt")]
    return tuple(sorted(found, key=lambda article: (article.hours, article.slug)))


def sample_article(slug: str) -> SampleArticle | None:
    return next((one for one in sample_articles() if one.slug == slug), None)


def sample_image(name: str) -> Path | None:
    """The file of a picture; `name` comes from outside and is looked up, never joined."""
    return {path.name: path for path in _IMAGES.glob("*.png")}.get(name)


def sample_feed(base_url: str, now: datetime) -> bytes:
    """The feed. Links stand under `{base_url}/samples/articles/`, pictures under
    `{base_url}/samples/`; dates count back from `now`, which is best rounded by the caller."""
    base = base_url.rstrip("/")
    head = _HEAD.format(
        title=xml_escape(TITLE),
        base=xml_escape(base),
        feed=quoteattr(f"{base}/samples/feed.xml"),
    )
    items = "".join(_item(article, base, now) for article in sample_articles())
    return f"{head}{items}</channel>\n</rss>\n".encode()


def sample_body(article: SampleArticle, base_url: str) -> str:
    """The article's body as HTML, the related link in its middle."""
    blocks = [_block(text) for text in re.split(r"\n\s*\n", article.text.strip())]
    if article.related:
        url = f"{base_url.rstrip('/')}/samples/articles/{article.related}"
        link = f'<a href="{escape(url)}">{escape(article.related_title)}</a>'
        blocks.insert(len(blocks) // 2 + 1, f"<p>اقرأ أيضاً: {link}</p>")
    return "\n".join(blocks)


def _read(path: Path) -> SampleArticle:
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(":", 1) for line in head.splitlines())
    values = {name: value.strip() for name, value in fields.items()}
    hours = int(values.pop("hours"))
    return SampleArticle(slug=path.stem, hours=hours, text=text, **values)


def _block(text: str) -> str:
    if text.startswith("## "):
        heading, _, rest = text.partition("\n")
        return f"<h2>{escape(heading[3:])}</h2>" + (f"\n<p>{escape(rest)}</p>" if rest else "")
    if text.startswith("> "):
        return f"<blockquote><p>{escape(text[2:])}</p></blockquote>"
    if text.startswith("- "):
        points = "".join(f"<li>{escape(line[2:])}</li>" for line in text.splitlines())
        return f"<ul>{points}</ul>"
    return f"<p>{escape(text)}</p>"


def _item(article: SampleArticle, base: str, now: datetime) -> str:
    """The kicker stands before the headline with two dots, as such sites write it."""
    title = f"{article.kicker}.. {article.headline}" if article.kicker else article.headline
    url = f"{base}/samples/articles/{article.slug}"
    published = format_datetime(now - timedelta(hours=article.hours))
    parts = [
        ("title", title),
        ("link", url),
        ("pubDate", published),
        ("dc:creator", article.byline),
        ("category", article.topic),
        ("description", article.standfirst),
        ("content:encoded", sample_body(article, base)),
    ]
    lines = [f"<{name}>{xml_escape(text)}</{name}>" for name, text in parts if text]
    # The same on whatever port the site answers, so that another port brings no second copy.
    lines.append(f'<guid isPermaLink="false">sample:{article.slug}</guid>')
    lines.append(f'<guid isPermaLink="false">sample:{article.slug}</guid>')
    if article.image:
        image = quoteattr(f"{base}/samples/{article.image}.png")
        lines += [
            f'<media:content url={image} type="image/png" medium="image">',
            f"<media:title>{xml_escape(article.alt)}</media:title>",
            f"<media:description>{xml_escape(article.caption)}</media:description>",
            "</media:content>",
        ]
    return "<item>\n" + "\n".join(lines) + "\n</item>\n"
