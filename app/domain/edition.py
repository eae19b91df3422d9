"""Editions and variants: the frozen content of a campaign, one variant for each list of articles.

A variant's HTML and text are rendered once and hold slots where a reader's own values go.
"""

from __future__ import annotations

TOKEN_LENGTH = 32
"""Characters in every token that stands in a mail; fixed, so that slots have a fixed place."""

UNSUBSCRIBE_SLOT = "~~unsubscribe~slot~~~~~~~~~~~~~~"
PREFERENCES_SLOT = "~~preferences~slot~~~~~~~~~~~~~~"
"""Stand-ins for the reader's tokens, of `TOKEN_LENGTH` characters that a URL may hold as they are.
`~` is no base64url character: no real token can look like a slot."""
