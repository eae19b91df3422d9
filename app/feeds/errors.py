"""What can go wrong with a feed as a whole: one type for each cause, each with a stable code."""

from __future__ import annotations

from typing import ClassVar


class FeedError(Exception):
    """A feed could not be fetched or read. `code` is stable and is what gets translated;
    `detail` is short English for whoever looks closer, and never holds a page's content."""

    code: ClassVar[str] = "failed"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail[:200]


class BadUrl(FeedError):
    code = "bad_url"


class PrivateAddress(FeedError):
    """The name leads to an address that the outside must not make us visit."""

    code = "private_address"


class NameNotFound(FeedError):
    code = "name_not_found"


class ConnectionFailed(FeedError):
    code = "connection_failed"


class TlsFailed(FeedError):
    code = "tls_failed"


class TimedOut(FeedError):
    """The whole answer did not arrive within the time that one feed may take."""

    code = "timeout"


class TooLarge(FeedError):
    code = "too_large"


class NotFound(FeedError):
    code = "not_found"


class Gone(FeedError):
    """The server says that it is gone for good (410)."""

    code = "gone"


class BadStatus(FeedError):
    """`retry_after` is how long the server asks to be left alone, in seconds."""

    code = "bad_status"

    def __init__(self, detail: str = "", *, retry_after: float = 0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BadResponse(FeedError):
    """What came is not a complete HTTP answer, cannot be unpacked, or breaks the parser."""

    code = "bad_response"


class RedirectLoop(FeedError):
    code = "redirect_loop"


class TooManyRedirects(FeedError):
    code = "too_many_redirects"


class BadRedirect(FeedError):
    code = "bad_redirect"


class WrongContent(FeedError):
    """The server itself says that it is something else than was asked for."""

    code = "wrong_content"


class EmptyFeed(FeedError):
    """Nothing came but whitespace. A feed without entries is not this: it is simply quiet."""

    code = "empty"


class MovedToKnown(FeedError):
    """The feed has moved for good to the address of another source."""

    code = "moved_to_known"


class NotXml(FeedError):
    code = "not_xml"


class NotAFeed(FeedError):
    """It is a web page, or XML of another kind."""

    code = "not_a_feed"


class NotAPage(FeedError):
    """What is at an article's address is not a web page."""

    code = "not_a_page"


class NotAnArticle(FeedError):
    """A web page without an article of its own, such as a list of them."""

    code = "not_an_article"


class ConsentWall(FeedError):
    """The page shows a question for consent in the place of the article."""

    code = "consent_wall"
