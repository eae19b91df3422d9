"""Staff: who logs in to admin, and what each role may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """In falling order of power; each role may do all that the later ones may."""

    OWNER = "owner"
    EDITOR = "editor"
    AUTHOR = "author"
    VIEWER = "viewer"


_RANK = {Role.VIEWER: 0, Role.AUTHOR: 1, Role.EDITOR: 2, Role.OWNER: 3}


def may(role: Role, needed: Role) -> bool:
    """Whether `role` is `needed` or more."""
    return _RANK[role] >= _RANK[needed]
