"""The forms of an import: the file, and what its readers have agreed to."""

from __future__ import annotations

from wtforms import BooleanField, FileField, TextAreaField

from app.usecases.upload_readers import MAX_UPLOAD
from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.i18n import lazy_gettext as _

MAX_CONSENT = 2_000


class UploadForm(AdminForm):
    file = FileField(
        _("CSV file"),
        description=_(
            "At most 50 MB. UTF-8, UTF-16 or Arabic Windows; cells parted by commas, semicolons "
            "or tabs. Nothing is imported before you have seen what would become of each line."
        ),
        render_kw={"accept": ".csv,.txt,.tsv,text/csv,text/plain", "data-most": MAX_UPLOAD},
    )


class ConsentForm(AdminForm):
    consent = TextAreaField(
        _("What they have agreed to, where and when"),
        [required(), at_most(MAX_CONSENT)],
        description=_(
            "It stands in each reader's history of consent, such as: signed a sheet at our stand "
            "at the book fair in May."
        ),
        render_kw={"rows": 3, "dir": "auto", "maxlength": MAX_CONSENT},
    )
    agreed = BooleanField(
        _("Every one of them has agreed to receive this newsletter"),
        [required(_("Only readers who have agreed may be imported."))],
    )
