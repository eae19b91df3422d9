"""What the mails use although some mail program does not have it, or not all of it; and why they
are good without it. caniemail reports each; what it reports beyond these is a mistake.

Client names are caniemail's; a family alone (`gmail`) means all its programs.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLE = "apple-mail.macos apple-mail.ios"
GMAIL_APPS = "gmail.ios gmail.android"
GMAIL = f"gmail.desktop-webmail gmail.mobile-webmail {GMAIL_APPS}"
WORD = "outlook.windows outlook.windows-mail"
OUTLOOK_APPS = "outlook.ios outlook.android"
OUTLOOK = f"{WORD} outlook.macos {OUTLOOK_APPS}"
YAHOO = "yahoo.desktop-webmail yahoo.ios yahoo.android"


@dataclass(frozen=True, kw_only=True, slots=True)
class Enhancement:
    """Programs that have `none` of a feature, programs that have it only `partly`."""

    none: str = ""
    partly: str = ""
    why: str


ENHANCEMENTS = {
    "<style> element": Enhancement(
        none="gmail.mobile-webmail",
        partly=f"{GMAIL_APPS} gmail.desktop-webmail {WORD}",
        why="All that matters is written into the elements; the sheet that is kept holds narrow "
        "screens and the night. It stands in the head, where Gmail and Word want it.",
    ),
    "Class selector": Enhancement(
        none="gmail.mobile-webmail",
        partly=GMAIL_APPS,
        why="Only the kept sheet selects by class; the same as for <style>.",
    ),
    "@media": Enhancement(
        none=f"gmail.mobile-webmail {WORD}",
        partly=f"gmail.desktop-webmail {GMAIL_APPS} {OUTLOOK_APPS} {YAHOO}",
        why="Narrower padding and the night's colours. Without them the day's colours stand in "
        "every element and the column shrinks by itself. Queries are by width or colour scheme "
        "and not nested; Yahoo then drops the night alone.",
    ),
    "text-wrap": Enhancement(
        none=f"{GMAIL} {OUTLOOK} {YAHOO}",
        why="Balanced lines of a headline; without it they fill as usual.",
    ),
    "overflow": Enhancement(
        none=WORD,
        partly=f"{APPLE} {GMAIL} outlook.macos {OUTLOOK_APPS} {YAHOO}",
        why="Keeps text beside a picture from flowing under it, where it flows harmlessly if it "
        "must; Word gets a table. Hides the preheader, which display:none hides as well. The "
        "logical variants and scrolling are not used.",
    ),
    "white-space": Enhancement(
        none=WORD,
        partly=f"{GMAIL_APPS} yahoo.ios yahoo.android",
        why="Keeps a range such as 1931 - 2025 on one line; a line's end in it is no disaster. "
        "Only nowrap, never pre.",
    ),
    "overflow-wrap": Enhancement(
        none=f"gmail.desktop-webmail {GMAIL_APPS} {WORD} {OUTLOOK_APPS} {YAHOO}",
        partly=f"{APPLE} gmail.mobile-webmail",
        why="Breaks a long address that is shown in full; word-break beside it does the same.",
    ),
    "word-break": Enhancement(
        none=f"outlook.windows-mail {YAHOO}",
        partly=f"{APPLE} gmail.mobile-webmail {GMAIL_APPS} outlook.macos {OUTLOOK_APPS}",
        why="Breaks a long address anywhere, which is meant. Where neither works, the address "
        "reaches over the edge below a button that leads to the same place.",
    ),
    "float": Enhancement(
        none=WORD,
        partly=f"{GMAIL_APPS} {YAHOO}",
        why="Sets a card's picture beside its text; Word gets a table that only it sees. The "
        "logical values are not used.",
    ),
    "display:none": Enhancement(
        none="gmail.mobile-webmail",
        partly=WORD,
        why="Hides the preheader, which holds no table and no image. Where it is not hidden, it "
        "is one true sentence at the top.",
    ),
    "display": Enhancement(
        partly=f"{GMAIL_APPS} {WORD} {YAHOO}",
        why="Only none, block (images) and inline-block (the link in a button) are used; in Word "
        "the cell makes the button.",
    ),
    "height property": Enhancement(
        none=YAHOO,
        partly="outlook.windows",
        why="height:auto on images and max-height:0 on the preheader alone; as a minimum or not "
        "at all, images keep the shape of their attributes.",
    ),
    "max-width": Enhancement(
        partly=f"{WORD} apple-mail.ios yahoo.ios",
        why="The column's 600 px, of which Word is told by a table of its own, and images' own "
        "width, which their attribute gives too. On a telephone the screen is narrower.",
    ),
    "width property": Enhancement(
        partly="outlook.windows",
        why="Images have the width as an attribute too.",
    ),
    "width attribute": Enhancement(
        partly="outlook.windows",
        why="Images have pixels and never percentages; OfficeDocumentSettings says 96 to an inch.",
    ),
    "height attribute": Enhancement(partly="outlook.windows", why="As with the width."),
    "align attribute": Enhancement(
        partly="outlook.macos",
        why="Tables have only `center`; left and right are for the text of cells.",
    ),
    "line-height": Enhancement(partly=WORD, why="Always a plain number, never em or px."),
    "text-align": Enhancement(
        partly=f"{GMAIL_APPS} {WORD} {YAHOO}", why="Only left, right and center, never start."
    ),
    "text-decoration": Enhancement(
        partly=f"{GMAIL_APPS} {WORD}",
        why="Only none and underline. A link that keeps its line in spite of none is still one.",
    ),
    "font-size": Enhancement(partly=f"{WORD} {YAHOO}", why="Always in px."),
    "font-weight": Enhancement(partly=f"{WORD} {YAHOO}", why="Only bold."),
    "background": Enhancement(
        partly=f"{WORD} {YAHOO}", why="Only background-color, with bgcolor beside it on cells."
    ),
    "dir attribute": Enhancement(
        partly=f"{WORD} gmail.mobile-webmail",
        why="Blocks state their direction in CSS too. Gmail turns a whole Arabic mail to the "
        "right, which it is; Word may lose the direction of a shown address, which is all Latin.",
    ),
    "direction": Enhancement(
        partly="gmail.mobile-webmail",
        why="A mail with Arabic is turned right to left as a whole: what Arabic mails are anyway.",
    ),
    "lang attribute": Enhancement(
        partly=YAHOO, why="For voices that read aloud; html and spans have it, cells lose it."
    ),
    "role attribute": Enhancement(
        none="outlook.windows-mail",
        partly=YAHOO,
        why="Tells screen readers that tables are layout. Where it is lost, their heuristics for "
        "tables without headings say the same; Yahoo keeps it on tables, where alone it stands.",
    ),
    "<body> element": Enhancement(
        none="outlook.macos yahoo.ios yahoo.android",
        partly=f"{GMAIL} {OUTLOOK_APPS} yahoo.desktop-webmail",
        why="The canvas table inside repeats its direction and background, cells their fonts.",
    ),
    "<ul>, <ol> and <dl>": Enhancement(
        partly=f"{GMAIL} {OUTLOOK} {YAHOO}", why="`reversed` and `value` are not used."
    ),
}
