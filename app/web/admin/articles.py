"""Articles as they came in: the list, and one with all its parts."""

from __future__ import annotations

from flask import abort, render_template, request

from app.domain.staff import Role
from app.usecases.compose_edition import own_body
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.paging import like_pattern, paged, search_words
from app.web.admin.queries import content as reads
from app.web.admin.queries.people import topic_names
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
