"""Articles: the list, one with all its parts and its card in a mail, and withdrawing one."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.domain.article import ArticleDraft, RelatedLink
from app.domain.staff import Role
from app.usecases.compose_edition import own_body
from app.usecases.manage_articles import restore, withdraw
from app.web import scope
from app.web.admin.article_form import card
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.i18n import gettext
from app.web.admin.paging import like_pattern, paged, search_words
from app.web.admin.queries import content as reads
from app.web.admin.queries.people import topic_names
from app.web.admin.record import audit
from app.web.i18n import language


@blueprint.get("/articles")
@needs(Role.VIEWER)
def articles() -> str:
    words = search_words()
    all_topics = reads.topics(scope.session())
    chosen = next((t for t in all_topics if t.slug == request.args.get("topic")), None)
    query = reads.articles(chosen, like_pattern(words) if words else None)
    return render_template(
        "admin/articles.html",
        page=paged(scope.session(), query),
        words_typed=words,
        topics=all_topics,
        chosen=chosen,
    )


@blueprint.get("/articles/<int:article_id>")
@needs(Role.VIEWER)
def article(article_id: int) -> str:
    found = reads.article(scope.session(), article_id) or abort(404)
    names = topic_names(reads.topics(scope.session()), found.topic_mask, language())
    return render_template(
        "admin/article.html",
        article=found,
        body=own_body(scope.session(), found, base_url=""),
        picture=reads.picture(scope.session(), found.image_url),
        topic_names=names,
    )


@blueprint.get("/articles/<int:article_id>/card")
@needs(Role.VIEWER)
def article_card(article_id: int) -> Response:
    """The document in the article's frame: how it looks in a mail."""
    found = reads.article(scope.session(), article_id) or abort(404)
    draft = ArticleDraft(
        guid=found.guid,
        url=found.url,
        kicker=found.kicker,
        headline=found.headline,
        standfirst=found.standfirst,
        body_html=found.body_html,
        image_url=found.image_url,
        image_alt=found.image_alt,
        image_caption=found.image_caption,
        related=tuple(RelatedLink(title=one["title"], url=one["url"]) for one in found.related),
        byline=found.byline,
        published_at=found.published_at,
    )
    return card(draft, found.topic)


@blueprint.post("/articles/<int:article_id>/withdraw")
@needs(Role.AUTHOR)
def withdraw_article(article_id: int) -> AnyResponse:
    withdraw(scope.session(), article_id, now=scope.now())
    audit("article.withdraw", object_type="article", object_id=article_id)
    scope.commit()
    flash(gettext("The article is withdrawn: it enters no edition and is off the site."))
    return redirect(url_for("admin.article", article_id=article_id))


@blueprint.post("/articles/<int:article_id>/restore")
@needs(Role.AUTHOR)
def restore_article(article_id: int) -> AnyResponse:
    restore(scope.session(), article_id)
    audit("article.restore", object_type="article", object_id=article_id)
    scope.commit()
    flash(gettext("The article is back."))
    return redirect(url_for("admin.article", article_id=article_id))
