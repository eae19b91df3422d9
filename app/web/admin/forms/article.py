"""The form of one article: read from the web, written by hand, or edited."""

from __future__ import annotations

import re
from datetime import datetime
from secrets import token_hex

from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.domain.article import ArticleDraft, RelatedLink
from app.feeds.written import LONGEST, Written, body_for_editing
from app.store.tables import Article
from app.web.admin.forms.base import AdminForm, Checkboxes, at_most, required
from app.web.admin.i18n import lazy_gettext as _

_GUID = re.compile(r"hand:[0-9a-f]{32}")
_ADDRESS = {"dir": "ltr", "inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}
_TEXT = {"dir": "auto"}


class ArticleForm(AdminForm):
    """The parts of an article. The topics get their choices from the view. What the fields can
    hold is checked by `draft_of`, whose refusals come back beside them; the lengths here are only
    said earlier."""

    link = StringField(
        _("Address of the article's page"),
        [at_most(LONGEST["url"])],
        description=_("The page is read and its parts are filled in below; nothing is saved yet."),
        render_kw={"type": "url", **_ADDRESS},
    )
    kicker = StringField(_("Kicker"), [at_most(LONGEST["kicker"])], render_kw=_TEXT)
    headline = StringField(
        _("Headline"), [required(), at_most(LONGEST["headline"])], render_kw=_TEXT
    )
    standfirst = TextAreaField(
        _("Standfirst"), [at_most(LONGEST["standfirst"])], render_kw={"rows": 2, **_TEXT}
    )
    body = TextAreaField(
        _("Text"),
        [at_most(LONGEST["body"])],
        description=_(
            "Leave an empty line between paragraphs. Headings, links and lists may be written as "
            "HTML; what could do harm in a mail is taken out."
        ),
        render_kw={"rows": 14, **_TEXT},
    )
    byline = StringField(_("Byline"), [at_most(LONGEST["byline"])], render_kw=_TEXT)
    topic = SelectField(_("Topic"), description=_("It stands under it."), validate_choice=False)
    more_topics = Checkboxes(_("Also for readers of"), validate_choice=False)
    image_url = StringField(
        _("Address of the picture"), [at_most(LONGEST["image_url"])], render_kw=_ADDRESS
    )
    image_alt = StringField(
        _("Picture in words"),
        [at_most(LONGEST["image_alt"])],
        description=_("For those who do not see it: what is to be seen, in one sentence."),
        render_kw=_TEXT,
    )
    image_caption = StringField(_("Caption"), [at_most(LONGEST["image_caption"])], render_kw=_TEXT)
    related = TextAreaField(
        _("Read also"),
        [at_most(10_000)],
        description=_("One link a line: its words, then its address."),
        render_kw={"rows": 2, **_TEXT},
    )
    url = StringField(
        _("Address of the article"),
        [at_most(LONGEST["url"])],
        description=_("Where the mail leads to. Empty: its page on this site."),
        render_kw=_ADDRESS,
    )
    guid = HiddenField()
    fetched = HiddenField()
    published = HiddenField()
    revision = IntegerField(validators=[Optional()], widget=HiddenInput())

    @property
    def topics(self) -> list[str]:
        """The slugs that were chosen, the one it stands under first."""
        first = [self.topic.data] if self.topic.data else []
        return [*first, *(self.more_topics.data or [])]

    @property
    def own_guid(self) -> str:
        """The mark of this form, so that it makes one article however often it is sent."""
        given = self.guid.data or ""
        return given if _GUID.fullmatch(given) else f"hand:{token_hex(16)}"

    @property
    def written(self) -> Written:
        """What was typed."""
        return Written(
            kicker=self.kicker.data or "",
            headline=self.headline.data or "",
            standfirst=self.standfirst.data or "",
            body=self.body.data or "",
            byline=self.byline.data or "",
            image_url=self.image_url.data or "",
            image_alt=self.image_alt.data or "",
            image_caption=self.image_caption.data or "",
            url=self.url.data or "",
            related=tuple(_related_lines(self.related.data or "")),
            published_at=_moment(self.published.data or ""),
        )

    def show(self, shown: ArticleDraft | Article) -> None:
        """Fills the form with an article."""
        for name in (
            "kicker", "headline", "standfirst", "byline", "image_url", "image_alt",
            "image_caption", "url",
        ):  # fmt: skip
            self[name].data = getattr(shown, name)
        self.body.data = body_for_editing(shown.body_html)
        links = [
            (link.title, link.url)
            if isinstance(link, RelatedLink)
            else (link["title"], link["url"])
            for link in shown.related
        ]
        self.related.data = "\n".join(f"{title} {url}" for title, url in links)
        if shown.published_at is not None:
            self.published.data = shown.published_at.isoformat()


def _related_lines(text: str) -> list[RelatedLink]:
    """Each line's words, and the address after the last space; `draft_of` refuses what is none."""
    found = []
    for line in text.splitlines():
        words, _, address = line.strip().rpartition(" ")
        if line.strip():
            found.append(RelatedLink(title=words.strip(" -–—:|"), url=address))
    return found


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
