"""A new article, by the address of its page or by hand, and the editing of one; each with the
card of the mail before anything is saved."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectChoice

from app.domain.article import ArticleDraft
from app.domain.staff import Role
from app.feeds.errors import FeedError
from app.feeds.web_address import absolute_url
from app.feeds.written import BadArticle, draft_of
from app.store.tables import Article, Topic
from app.usecases import manage_articles
from app.usecases.article_rows import topic_named
from app.usecases.manage_articles import InvalidArticle
from app.usecases.preview_article import preview_article
from app.usecases.read_link import read_link
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.article import ArticleForm
from app.web.admin.forms.base import topic_choices
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.preview import framed
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import ARTICLE_REFUSALS, FEED_ERRORS
from app.web.i18n import digits, language


@blueprint.get("/articles/new")
@needs(Role.AUTHOR)
def new_article() -> str:
    form = _form()
    form.guid.data = form.own_guid
    return _new_page(form)


@blueprint.post("/articles/new")
@needs(Role.AUTHOR)
def add_new_article() -> AnyResponse | tuple[str, int]:
    form = _form()
    if _wants_page(form):
        status = 200 if _fill(form) else 400
        return _new_page(form), status
    if not form.validate_on_submit():
        return _new_page(form), 400
    try:
        made = _add(form)
    except (BadArticle, InvalidArticle) as refusal:
        _refuse(form, refusal)
        return _new_page(form, known=_known(refusal)), 400
    audit("article.add", object_type="article", object_id=made.id, origin=made.origin.value)
    scope.commit()
    flash(gettext("The article is saved. It goes into the next edition of its topics."))
    return redirect(url_for("admin.article", article_id=made.id))


@blueprint.get("/articles/<int:article_id>/edit")
@needs(Role.AUTHOR)
def edit_article(article_id: int) -> str:
    found = scope.session().get_one(Article, article_id)
    form = _form()
    form.show(found)
    form.revision.data = found.revision
    all_topics = reads.topics(scope.session())
    form.topic.data = found.topic.slug
    form.more_topics.data = [
        t.slug for t in all_topics if found.topic_mask >> t.bit & 1 and t.id != found.topic_id
    ]
    return _edit_page(form, found)


@blueprint.post("/articles/<int:article_id>/edit")
@needs(Role.AUTHOR)
def save_article(article_id: int) -> AnyResponse | tuple[str, int]:
    found = scope.session().get_one(Article, article_id)
    form = _form()
    if not form.validate_on_submit():
        return _edit_page(form, found), 400
    try:
        manage_articles.edit_article(
            scope.session(),
            article_id,
            _draft(form),
            revision=form.revision.data or 0,
            topics=form.topics,
            now=scope.now(),
        )
    except (BadArticle, InvalidArticle) as refusal:
        _refuse(form, refusal)
        form.revision.data, form.revision.raw_data = found.revision, None
        return _edit_page(form, found), 400
    audit("article.edit", object_type="article", object_id=article_id, revision=found.revision)
    scope.commit()
    flash(gettext("The article is changed. Mails that are out stay as they are."))
    return redirect(url_for("admin.article", article_id=article_id))


@blueprint.post("/articles/preview")
@needs(Role.AUTHOR)
def preview_written() -> Response:
    """The document in the frame beside the form: the mail, or what is still missing for it."""
    form = _form()
    try:
        draft = _draft(form)
    except BadArticle as refusal:
        label = form[refusal.field].label.text if refusal.field in form else refusal.field
        page = render_template("admin/no_card.html", field=label, reason=_words(refusal))
        return framed(page, 400)
    topic = next((t for t in reads.topics(scope.session()) if t.slug == form.topic.data), None)
    return card(draft, topic)


def card(draft: ArticleDraft, topic: Topic | None) -> Response:
    """The mail of one article, as a document for a frame."""
    mail = preview_article(
        scope.session(),
        scope.settings(),
        draft,
        topic=topic.name(language()) if topic else "",
        language=language(),
        now=scope.now(),
    )
    return framed(mail.html)


def _form() -> ArticleForm:
    form = ArticleForm()
    choices = topic_choices(reads.topics(scope.session()))
    form.topic.choices = [SelectChoice("", gettext("Choose a topic")), *choices] if choices else []
    form.more_topics.choices = choices
    return form


def _wants_page(form: ArticleForm) -> bool:
    """Whether the page is to be read: its button was pressed, or Enter in its field."""
    pressed = request.form.get("do")
    return pressed == "fetch" or (
        pressed == "enter" and bool(form.link.data) and not form.headline.data
    )


def _fill(form: ArticleForm) -> bool:
    """Reads the page into the form; if it cannot be read, nothing that was typed is lost."""
    scope.commit()  # no transaction stays open while somebody else's server takes its time
    try:
        draft = read_link(scope.settings(), now=scope.now(), url=form.link.data or "")
    except FeedError as error:
        words = FEED_ERRORS.get(error.code) or gettext("It could not be read.")
        form.link.errors = [*form.link.errors, words]
        return False
    form.show(draft)
    form.fetched.data = draft.url
    named = topic_named(scope.session(), draft.categories)
    if named is not None and not form.topic.data:
        form.topic.data = named.slug
    return True


def _draft(form: ArticleForm) -> ArticleDraft:
    written = form.written
    url = absolute_url(written.url, "")
    guid = url if url and url == form.fetched.data else form.own_guid
    return draft_of(written, guid=guid, base=scope.settings().base_url, now=scope.now())


def _add(form: ArticleForm) -> Article:
    draft = _draft(form)
    if draft.guid == draft.url:
        return manage_articles.add_by_link(
            scope.session(), draft, topics=form.topics, now=scope.now()
        )
    return manage_articles.add_by_hand(
        scope.session(),
        draft,
        topics=form.topics,
        base_url=scope.settings().base_url,
        now=scope.now(),
    )


def _refuse(form: ArticleForm, refusal: BadArticle | InvalidArticle) -> None:
    """Puts a refusal beside the field it is about."""
    if isinstance(refusal, BadArticle):
        field = getattr(form, refusal.field, form.headline)
    elif refusal.code in ("needs_topic", "unknown_topic"):
        field = form.topic
    else:
        field = form.headline
    field.errors = [*field.errors, _words(refusal)]


def _words(refusal: BadArticle | InvalidArticle) -> str:
    if isinstance(refusal, BadArticle) and refusal.most:
        return ngettext(
            "At most one character.",
            "At most %(most)s characters.",
            refusal.most,
            most=digits(str(refusal.most)),
        )
    if refusal.code == "known_article":
        return gettext("This article is here already.")
    return str(ARTICLE_REFUSALS.get(refusal.code) or gettext("This cannot be accepted."))


def _known(refusal: BadArticle | InvalidArticle) -> int | None:
    """The number of the article that is there already."""
    if isinstance(refusal, BadArticle) or refusal.code != "known_article":
        return None
    return int(refusal.detail) if refusal.detail else None


def _new_page(form: ArticleForm, known: int | None = None) -> str:
    return render_template("admin/article_new.html", form=form, known=known)


def _edit_page(form: ArticleForm, article: Article) -> str:
    return render_template("admin/article_edit.html", form=form, article=article)
