"""The sign-up box on other sites: how large it is and how it looks."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Size(StrEnum):
    """`small`: an address and a button. `medium`: the pace too. `large`: topics as well."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @classmethod
    def read(cls, text: str) -> Self:
        """The size of this name; the middle one for what is none."""
        return cls(text) if text in set(cls) else cls("medium")


class Theme(StrEnum):
    """`auto` is as the reader's system is."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"

    @classmethod
    def read(cls, text: str) -> Self:
        """The theme of this name; `auto` for what is none."""
        return cls(text) if text in set(cls) else cls("auto")
