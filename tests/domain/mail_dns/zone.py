"""A world of DNS written down: what stands at each name, and names that nobody answers for."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.mail_dns.findings import Answer, Check, Level, Sender

SENDER = Sender(domain="levant.example", bounce_domain="levant.example")
RELAYED = Sender(
    domain="levant.example",
    bounce_domain="levant.example",
    relay="mail.levant.example",
    relay_addresses=("93.184.216.34",),
)


@dataclass(slots=True)
class Zone:
    texts: dict[str, list[str]] = field(default_factory=dict)
    hosts: dict[str, list[str]] = field(default_factory=dict)
    mails: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def txt(self, name: str) -> Answer:
        return self._answer(name, self.texts)

    def addresses(self, name: str) -> Answer:
        return self._answer(name, self.hosts)

    def mx(self, name: str) -> Answer:
        return self._answer(name, self.mails)

    def pointer(self, address: str) -> Answer:
        return self._answer(address, self.names)

    def _answer(self, name: str, table: dict[str, list[str]]) -> Answer:
        self.asked.append(name)
        if name in self.silent:
            return Answer(answered=False)
        return Answer(values=tuple(table.get(name, ())))


def codes(check: Check) -> list[str]:
    """What is not simply good about a check, "code value"."""
    return [
        f"{note.code} {note.value}".strip() for note in check.notes if note.level is not Level.GOOD
    ]
