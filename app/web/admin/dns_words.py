"""The words of the check of DNS: what each note means, and what to do about it. `%(value)s` is
the note's value."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.mail_dns.findings import Note, Record
from app.web.admin.i18n import lazy_gettext as _

RECORDS: Mapping[Record, LazyString] = {
    Record.SPF: _("SPF: who may send for the domain"),
    Record.DKIM: _("DKIM: the key of the signature"),
    Record.DMARC: _("DMARC: what becomes of forgeries"),
    Record.MX: _("MX: where bounces and replies go"),
    Record.PTR: _("PTR: the name of the mail server's address"),
}

_NOTES: Mapping[str, LazyString] = {
    "unanswered": _(
        "The name servers did not answer, so nothing can be told. Check again in a while."
    ),
    "spf_good": _("The record is in order."),
    "spf_missing": _("There is no SPF record, so anybody may send in the name of the domain."),
    "spf_several": _(
        "There are %(value)s SPF records. Receivers then count none: make one of them."
    ),
    "spf_syntax": _("Receivers cannot read the record because of %(value)s."),
    "spf_no_end": _("The record has no end. Without ~all or -all it forbids nobody anything."),
    "spf_all_pass": _("The record ends with +all, which allows the whole world to send for you."),
    "spf_neutral": _("The record ends with ?all, which says nothing about anybody else."),
    "spf_after_all": _("What stands after “all” is never read: %(value)s."),
    "spf_include_broken": _("It includes %(value)s, where there is no readable SPF record."),
    "spf_too_many_lookups": _(
        "To read it takes %(value)s lookups, and receivers make ten at most: "
        "remove includes that you no longer need."
    ),
    "spf_too_many_void": _(
        "%(value)s of its names lead nowhere, and receivers allow two: remove them."
    ),
    "spf_ptr": _("It uses “ptr”, which is slow and which many receivers pass over: remove it."),
    "spf_relay_not_named": _(
        "It does not name %(value)s, the address of your mail server. If that server belongs to a "
        "provider who sends from other addresses, publish the “include” that the provider names."
    ),
    "spf_relay_named": _("It names your mail server, %(value)s."),
    "spf_relay_unknown": _(
        "Your mail server is on this machine or in a private network, so from here it cannot be "
        "told whether its public address is named."
    ),
    "dkim_missing": _(
        "There is no key under the selector %(value)s. Your mail server makes the key and shows "
        "the record; publish it at this name."
    ),
    "dkim_selector_unknown": _(
        "No key was found under the usual names. If your mail server signs, write its selector "
        "above; if not, have it sign: large mailboxes ask for it."
    ),
    "dkim_several": _("There are %(value)s records; receivers may pick the wrong one. Keep one."),
    "dkim_syntax": _("Receivers cannot read the record because of %(value)s."),
    "dkim_revoked": _("The key was withdrawn (p is empty): signatures with it do not count."),
    "dkim_key_broken": _(
        "The key in p cannot be read; often a part of it was lost when it was pasted."
    ),
    "dkim_kind": _("Receivers do not know the kind of key %(value)s. Use rsa."),
    "dkim_ed25519": _(
        "An Ed25519 key; many receivers do not read it yet. Publish an RSA key beside it."
    ),
    "dkim_too_short": _(
        "The key has %(value)s bits; fewer than 1024 do not count. Make one of 2048."
    ),
    "dkim_short": _("The key has %(value)s bits. It counts, but 2048 are usual today."),
    "dkim_good": _("The key has %(value)s bits."),
    "dkim_testing": _(
        "The record says that it is only tested (t=y): remove that when all is well."
    ),
    "dmarc_missing": _(
        "There is no DMARC record. Gmail and Yahoo ask whoever sends much for one; begin with "
        "this, which changes nothing yet and brings you reports."
    ),
    "dmarc_several": _("There are %(value)s DMARC records. Receivers then count none: keep one."),
    "dmarc_syntax": _("Receivers cannot read the record because of %(value)s."),
    "dmarc_none": _(
        "The policy “none” only watches. When the reports show that all your mails pass, "
        "publish this."
    ),
    "dmarc_quarantine": _("Forgeries go to the spam folder."),
    "dmarc_reject": _("Forgeries are refused."),
    "dmarc_part": _("It holds for %(value)s%% of the mails only."),
    "dmarc_no_reports": _("Nobody gets the reports: add rua=mailto: and an address."),
    "dmarc_bad_reports": _("Reports cannot go to %(value)s: it must begin with mailto:."),
    "dmarc_from_above": _("It comes from a domain above: %(value)s."),
    "dmarc_not_aligned": _(
        "Bounces go to %(value)s, another domain than that of the sender, so SPF does not count "
        "for DMARC: DKIM must pass. Or set BOUNCE_DOMAIN to the sender's domain or one below it."
    ),
    "mx_good": _("Mail is taken by %(value)s."),
    "mx_address": _("There is no MX; the address of the domain itself takes its mail."),
    "mx_missing": _(
        "Nobody takes mail for this domain, so that bounces and replies are lost, and some "
        "receivers refuse such senders."
    ),
    "mx_null": _(
        "The domain says that it takes no mail at all (null MX); many receivers refuse senders "
        "who cannot be answered."
    ),
    "ptr_good": _("It is called %(value)s, and that name leads back to it."),
    "ptr_one_way": _(
        "It is called %(value)s, but that name does not lead back. Whoever owns the address "
        "(the provider of the machine) can set it right."
    ),
    "ptr_missing": _(
        "It has no name, and large mailboxes refuse such servers. Whoever owns the address "
        "(the provider of the machine) can set it."
    ),
}


def note_words(note: Note) -> str:
    """A note in the language of the page, its value held together whatever its script."""
    return str(_NOTES[note.code]) % {"value": f"\u2068{note.value}\u2069"}
