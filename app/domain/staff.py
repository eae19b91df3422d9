"""Staff: who logs in to admin, what each role may do, and what a password must be."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

PASSWORD_LENGTHS = range(10, 257)
"""Characters in a password. Length is what counts (NIST SP 800-63B 5.1.1); the upper bound only
keeps a hostile form from costing much hashing."""

INVITATION_LIFE = timedelta(days=3)
RESET_LIFE = timedelta(hours=1)
"""How long the links in these mails open anything."""


class Role(StrEnum):
    """In falling order of power; each role may do all that the later ones may."""

    OWNER = "owner"
    EDITOR = "editor"
    AUTHOR = "author"
    VIEWER = "viewer"


_RANK = {Role.VIEWER: 0, Role.AUTHOR: 1, Role.EDITOR: 2, Role.OWNER: 3}


class WeakPassword(Exception):
    """The password is refused. `code` is "too_short", "too_long", "holds_address" or
    "monotonous"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may(role: Role, needed: Role) -> bool:
    """Whether `role` is `needed` or more."""
    return _RANK[role] >= _RANK[needed]


def check_password(password: str, *, email_key: str) -> None:
    """Accepts a new password or raises `WeakPassword`.

    What everybody tries first is refused: the own address, and one or two characters repeated.
    """
    if len(password) < PASSWORD_LENGTHS.start:
        raise WeakPassword("too_short")
    if len(password) >= PASSWORD_LENGTHS.stop:
        raise WeakPassword("too_long")
    folded = password.casefold()
    if email_key in folded or folded in email_key:
        raise WeakPassword("holds_address")
    if len(set(folded)) <= 2:
        raise WeakPassword("monotonous")
