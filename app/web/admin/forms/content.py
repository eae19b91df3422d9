"""The forms about where articles come from: a source, a topic."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, StringField

from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.i18n import lazy_gettext as _


class SourceForm(AdminForm):
    """`topic` gets its choices from the view."""

    url = StringField(
        _("Address of the feed or of the site"),
        [required(), at_most(2000)],
        description=_(
            "RSS, Atom or JSON Feed, such as https://example.org/feed.xml. If you know only the "
            "site, write its address: the feeds that it names are looked for."
        ),
        render_kw={"type": "url", "dir": "ltr", "inputmode": "url", "spellcheck": "false"},
    )
    name = StringField(
        _("Name"),
        [at_most(120)],
        description=_("Empty: the address is shown."),
        render_kw={"dir": "auto"},
    )
    topic = SelectField(
        _("Topic"), description=_("Its articles stand under it."), validate_choice=False
    )
    follow_links = BooleanField(
        _("Read the pages of its articles too"),
        description=_("For a feed that gives only titles or teasers."),
    )


class SourceSettingsForm(AdminForm):
    """`topic` gets its choices from the view."""

    url = StringField(
        _("Address of the feed"),
        [required(), at_most(2000)],
        render_kw={"type": "url", "dir": "ltr", "inputmode": "url", "spellcheck": "false"},
    )
    name = StringField(_("Name"), [at_most(120)], render_kw={"dir": "auto"})
    topic = SelectField(_("Topic"), validate_choice=False)
    follow_links = BooleanField(
        _("Read the pages of its articles too"),
        description=_("For a feed that gives only titles or teasers."),
    )


class TopicNamesForm(AdminForm):
    name_ar = StringField(
        _("Name in Arabic"), [required(), at_most(60)], render_kw={"dir": "rtl", "lang": "ar"}
    )
    name_en = StringField(
        _("Name in English"), [required(), at_most(60)], render_kw={"dir": "ltr", "lang": "en"}
    )


class TopicForm(TopicNamesForm):
    slug = StringField(
        _("Short name in addresses"),
        [required(), at_most(40)],
        description=_("Small Latin letters, digits and hyphens, such as `world-news`."),
        render_kw={"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"},
    )
