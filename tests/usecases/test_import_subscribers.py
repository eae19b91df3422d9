"""Importing: every line accounted for, nobody brought back, and nothing added twice."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.csv_text import MAX_LINE, UnreadableFile
from app.domain.spreadsheet import csv_lines
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import ConsentEvent, Subscriber, Topic
from app.usecases import export_readers
from app.usecases.consent import Wording
from app.usecases.import_subscribers import REPORTED, Imported, import_subscribers
from app.usecases.suppress import SuppressionReason, suppress_address
from tests.usecases.readers import add_reader, history


@pytest.fixture
def load(session: Session, settings: Settings, now: datetime):
    session.add_all(
        Topic(slug=slug, name_ar=slug, name_en=slug, bit=bit)
        for bit, slug in enumerate(("politics", "culture", "sport"))
    )
    session.flush()

    def run(content: bytes | str) -> Imported:
        data = content.encode() if isinstance(content, str) else content
        return import_subscribers(
            session,
            Links(settings),
            now=now,
            file=BytesIO(data),
            wording=Wording(text="ورقة وُقّعت في المعرض", version="import"),
            language="ar",
        )

    return run


def one(session: Session, key: str) -> Subscriber:
    return session.scalars(select(Subscriber).where(Subscriber.email_key == key)).one()


def test_a_line_becomes_an_active_reader_with_its_consent(session, load, now) -> None:
    done = load(
        "email,topics,cadence,timezone\n"
        "Samir@Example.org,politics;sport,weekly,Asia/Beirut\n"
        "rima@example.org,,,\n"
    )
    assert (done.added, done.known, done.rejected) == (2, 0, 0)
    samir = one(session, "samir@example.org")
    assert (samir.email, samir.state, samir.cadence, samir.topic_mask, samir.timezone) == (
        "Samir@example.org",
        SubscriberState.ACTIVE,
        Cadence.WEEKLY,
        0b101,
        "Asia/Beirut",
    )
    (event,) = history(session, samir)
    assert (event.kind, event.at, event.place) == (ConsentKind.IMPORTED, now, "import")
    assert (event.wording, event.topic_mask) == ("ورقة وُقّعت في المعرض", 0b101)
    rima = one(session, "rima@example.org")
    assert (rima.cadence, rima.topic_mask, rima.timezone) == (Cadence.DAILY, 0, "")


@pytest.mark.parametrize(
    "content",
    [
        "\ufefftimezone,cadence,email,topics\nAsia/Beirut,weekly,a@example.org,culture\n".encode(),
        b'EMAIL;Topics;Cadence;Timezone;Name\r\na@example.org;"culture";weekly;Asia/Beirut;A\r\n',
        b"email\ttopics\tcadence\ttimezone\na@example.org\tculture\tweekly\tAsia/Beirut",
        b"email,topics,cadence,timezone\ra@example.org,culture,weekly,Asia/Beirut\r",
        b"email,topics,cadence,timezone\n\n\na@example.org,culture,weekly,Asia/Beirut,,\n,,,\n",
        b'"e-mail\naddress",topics,cadence,timezone\r\n"a@example.org\n","\nculture",weekly,Asia/Beirut\r\n',
        b'email\ttopics\tcadence\ttimezone\ra@example.org\t"culture\n"\tweekly\tAsia/Beirut\r',
    ],
    ids=[
        *("BOM and another order", "semicolons", "tabs", "old line ends", "empty lines and cells"),
        *("line breaks in cells", "line breaks between old line ends"),
    ],
)
def test_the_shapes_that_spreadsheets_write(session, load, content: bytes) -> None:
    done = load(content)
    assert (done.added, done.rejected) == (1, 0)
    reader = one(session, "a@example.org")
    assert (reader.cadence, reader.topic_mask, reader.timezone) == ("weekly", 2, "Asia/Beirut")


ARABIC = "email,الاسم,الأقسام,الموعد\na@example.org,سمير,ثقافة,أسبوعي\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1256", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_encodings_and_separators_of_arabic_spreadsheets(
    session, load, encoding: str, delimiter: str
) -> None:
    session.scalars(select(Topic).where(Topic.slug == "culture")).one().name_ar = "ثقافة"
    done = load(ARABIC.replace(",", delimiter).encode(encoding))
    assert (done.added, done.rejected, done.ignored_columns) == (1, 0, [])
    reader = one(session, "a@example.org")
    assert (reader.name, reader.topic_mask, reader.cadence) == ("سمير", 2, "weekly")


def test_windows_arabic_under_an_ascii_header_is_read(session, load) -> None:
    """Each line breaks the rules of UTF-8; none of them is refused for that."""
    text = "email,name\n" + "".join(f"r{n}@example.org,القارئ\n" for n in range(20))
    done = load(text.encode("windows-1256"))
    assert (done.added, done.rejected, done.encoding) == (20, 0, "windows-1256")
    assert one(session, "r7@example.org").name == "القارئ"


def test_what_an_export_wrote_can_be_imported(session, load) -> None:
    text = csv_lines(
        [
            export_readers.COLUMNS,
            [
                "=sum@example.org",
                "-ريم-",
                "active",
                "culture;sport",
                "weekly",
                "Asia/Beirut",
                "en",
                "",
                "",
                "",
            ],
        ]
    )
    done = load("\ufeff" + text)
    assert (done.added, done.rejected) == (1, 0)
    reader = one(session, "=sum@example.org")
    assert (reader.topic_mask, reader.cadence, reader.language) == (0b110, "weekly", "en")
    assert reader.name == "-ريم-"


def test_a_broken_line_costs_itself_and_no_other(session, load) -> None:
    lines = [
        b"email,topics,cadence,timezone",
        b"ok1@example.org,,,",
        b'"never closed@example.org,,,',
        b"ok2@example.org,,,",
        b"not-an-address,,,",
        b"a@example.org,gardening,,",
        b"b@example.org,,hourly,",
        b"c@example.org,,,Beirut/Asia",
        b"\xe3\xd1\xcd\xc8\xc7@example.org,,,",
        b"d@example.org,politics,sport,daily,Asia/Beirut",
        b"e@example.org,,,../../etc/passwd",
        b"x" * (MAX_LINE * 3) + b"@example.org,,,",
        b"f@example.org\x00,,,",
        "g\u202e@example.org,,,".encode(),
        b"h@example.org\rBcc: i@example.org,,,",
        b",politics,,",
        b"ok3@example.org,,,",
    ]
    done = load(b"\n".join(lines))
    assert (done.added, done.rejected) == (3, 13)
    assert [(row.line, row.code) for row in done.rows] == [
        (3, "malformed_line"),
        (5, "malformed"),
        (6, "unknown_topic"),
        (7, "unknown_cadence"),
        (8, "unknown_timezone"),
        (9, "bad_encoding"),
        (10, "too_many_columns"),
        (11, "unknown_timezone"),
        (12, "malformed_line"),
        (13, "control_characters"),
        (14, "control_characters"),
        (15, "malformed_line"),
        (16, "empty"),
    ]
    assert all(row.email.isprintable() for row in done.rows)


def test_cells_may_hold_line_breaks_and_rows_are_counted_as_spreadsheets_do(session, load) -> None:
    """Quotes that are not closed, or within a cell, take no other line with them."""
    done = load(
        "email,name,topics,address\r\n"
        'a@example.org,"سمير ""أبو\r\nليلى""","culture\nsport","شارع الحمرا،\n\nبيروت"\r\n'
        "nobody,,,\r\n"
        'b@example.org,"first\r\n'
        'c@example.org,"ريم",,\r\n'
        'd@example.org,a 5" disk,,\r\n'
        'e@example.org,,,"'
    )
    assert [(row.line, row.email, row.code) for row in done.rows] == [
        (3, "nobody", "malformed"),
        (4, "", "malformed_line"),
        (7, "", "malformed_line"),
    ]
    samir = one(session, "a@example.org")
    assert (samir.name, samir.topic_mask) == ('سمير "أبو ليلى"', 0b110)
    assert one(session, "c@example.org").name == "ريم"
    assert one(session, "d@example.org").name == 'a 5" disk'


def test_importing_again_adds_nothing_and_changes_nobody(session, load) -> None:
    text = "email,topics\na@example.org,culture\nA@EXAMPLE.ORG,sport\nb@example.org,\n"
    assert (load(text).added, load(text.replace("culture", "politics")).added) == (2, 0)
    done = load(text)
    assert (done.added, done.known, done.rejected) == (0, 3, 0)
    assert one(session, "a@example.org").topic_mask == 2
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2


def test_nobody_who_left_or_is_suppressed_comes_back(session, load, settings, now) -> None:
    links = Links(settings)
    add_reader(session, now, "left@example.org", SubscriberState.UNSUBSCRIBED)
    add_reader(session, now, "bounced@example.org")
    for key in ("bounced@example.org", "erased@example.org"):
        suppress_address(session, links, now=now, email_key=key, reason=SuppressionReason.BOUNCED)
    done = load("email\nleft@example.org\nbounced@example.org\nErased@example.org\nnew@example.org")
    assert (done.added, done.known, done.suppressed, done.unsubscribed) == (1, 0, 2, 1)
    assert one(session, "left@example.org").state is SubscriberState.UNSUBSCRIBED
    assert one(session, "bounced@example.org").state is SubscriberState.SUPPRESSED
    assert (
        session.scalar(select(Subscriber).where(Subscriber.email_key == "erased@example.org"))
        is None
    )


def test_a_long_report_is_counted_to_the_end(session, load) -> None:
    done = load("email\n" + "nobody\n" * (REPORTED + 20))
    assert (done.rejected, len(done.rows)) == (REPORTED + 20, REPORTED)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"name,topics\nx,y\n", "no_email_column"),
        (b"a@example.org,politics\n", "no_email_column"),
        (b"email,email\n", "repeated_column"),
        (b"PK\x03\x04 whatever a workbook holds", "spreadsheet"),
        (b"\xff\x00\xd8", "not_text"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(session, load, content, code) -> None:
    with pytest.raises(UnreadableFile) as refused:
        load(content)
    assert refused.value.code == code
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0
