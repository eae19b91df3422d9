"""Shows whose page it is to who knows it already, and not to whom a mail was passed on."""

from __future__ import annotations


def mask_address(email: str) -> str:
    """`reader@example.org` as `r•••r@example.org`."""
    local, _, domain = email.rpartition("@")
    last = local[-1] if len(local) > 3 else ""
    return f"{local[:1]}•••{last}@{domain}"
