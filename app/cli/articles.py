"""`nashra articles`: an article by the address of its page; withdrawing one and putting it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.cli.content import opened
from app.domain.article import ArticleDraft
from app.feeds.errors import FeedError
from app.store.tables import Topic
from app.usecases import manage_articles
from app.usecases.article_rows import topic_named
from app.usecases.manage_articles import InvalidArticle
from app.usecases.manage_sources import ensure_default_topics
from app.usecases.read_link import read_link
from app.usecases.record_audit import record

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

_EXPLAINED = {
    "bad_url": "that is no web address",
    "consent_wall": "the page shows a question for consent in the place of the article",
    "not_a_page": "what is there is no web page",
    "not_an_article": "the page holds no article of its own",
    "not_found": "there is nothing at this address",
    "private_address": "the address leads into a private network",
    "timeout": "the server took too long to answer",
}


@click.group()
def articles() -> None:
    """Articles: add one by its address, withdraw one, put it back."""


@articles.command("add")
@click.argument("url")
@click.option(
    "--topic",
    "slugs",
    multiple=True,
    metavar="SLUG",
    help="Topic it stands under; may be repeated. Left out: the section that the page names.",
)
@_JSON
@click.pass_context
def add(ctx: click.Context, url: str, slugs: tuple[str, ...], as_json: bool) -> None:
    """Read the page at URL and add its article."""
    now = datetime.now(UTC)
    with opened(ctx) as (sessions, settings):
        try:
            draft = read_link(settings, now=now, url=url)
        except FeedError as error:
            said = _EXPLAINED.get(error.code, error.code.replace("_", " "))
            detail = f" ({error.detail})" if error.detail else ""
            raise click.ClickException(f"{said}{detail}") from None
        with sessions.begin() as session:
            ensure_default_topics(session)
            try:
                made = manage_articles.add_by_link(
                    session, draft, topics=slugs or _named(session, draft), now=now
                )
            except InvalidArticle as error:
                raise _refusal(session, error) from None
            record(session, now=now, action="article.add", object_type="article", object_id=made.id)
            shown = {
                "id": made.id,
                "url": made.url,
                "headline": made.headline,
                "topic": session.get_one(Topic, made.topic_id).slug,
            }
    click.echo(
        json.dumps(shown, ensure_ascii=False)
        if as_json
        else f"article {shown['id']} under {shown['topic']}: {shown['headline']}"
    )


@articles.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.pass_context
def withdraw(ctx: click.Context, number: int) -> None:
    """Take article NUMBER out of coming editions and off the site."""
    _switch(ctx, number, withdrawn=True)


@articles.command("restore")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.pass_context
def restore(ctx: click.Context, number: int) -> None:
    """Put article NUMBER back."""
    _switch(ctx, number, withdrawn=False)


def _switch(ctx: click.Context, number: int, *, withdrawn: bool) -> None:
    now = datetime.now(UTC)
    with opened(ctx) as (sessions, _), sessions.begin() as session:
        try:
            if withdrawn:
                manage_articles.withdraw(session, number, now=now)
            else:
                manage_articles.restore(session, number)
        except NoResultFound:
            raise click.ClickException(f"there is no article {number}") from None
        action = "article.withdraw" if withdrawn else "article.restore"
        record(session, now=now, action=action, object_type="article", object_id=number)
    click.echo(f"article {number} is {'withdrawn' if withdrawn else 'back'}")


def _named(session: Session, draft: ArticleDraft) -> list[str]:
    named = topic_named(session, draft.categories)
    return [named.slug] if named is not None else []


def _refusal(session: Session, error: InvalidArticle) -> click.ClickException:
    known = ", ".join(session.scalars(select(Topic.slug).order_by(Topic.position, Topic.id)))
    if error.code == "known_article":
        return click.ClickException(f"article {error.detail} has this address already")
    if error.code == "unknown_topic":
        return click.ClickException(f"there is no topic {error.detail}; the topics are: {known}")
    return click.ClickException(f"name its topic with --topic; the topics are: {known}")
