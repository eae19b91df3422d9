import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.bidi import RLM
from app.domain.campaign import CampaignKind
from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, Design
from app.domain.notice import NoticeKind
from app.mail.content import EditionContent, RenderedMail
from app.mail.render import MAX_HTML, MailTooLarge, render_edition, render_notice
from app.mail.wire import Skeleton
from tests.mail.page import proofread
from tests.mail.samples import (
    ARTICLES,
    BODY,
    BRAND,
    ENGLISH,
    FACE,
    LEAD,
    TEMPLATED,
    article,
    edition,
    notice,
)
from tests.mail.test_wire import COMMON, VALUES

NOTE = "قرّاءنا الأعزاء،\n\nالتفاصيل على https://levant.example/about?x=1 لمن أراد.\nأسرة التحرير"
_URL = re.compile(r"https?://\S+")


def _editions() -> list[EditionContent]:
    english = {"articles": ENGLISH, "language": "en"}
    return [
        edition(),
        edition(note=NOTE, web_url="https://levant.example/editions/7", preheader="عدد خاص."),
        edition(CampaignKind.ALERT, ARTICLES[:1]),
        edition(CampaignKind.ALERT, ARTICLES[:3], note=NOTE),
        edition(CampaignKind.ANNOUNCEMENT, (), subject="النشرة تصلك في السابعة", note=NOTE),
        edition(CampaignKind.ANNOUNCEMENT, subject="Writer 7 بالعربية", note=NOTE),
        edition(**english),  # type: ignore[arg-type]
        edition(CampaignKind.ALERT, **english),  # type: ignore[arg-type]
        edition(CampaignKind.ANNOUNCEMENT, **english, subject="At seven", note="Dear readers,"),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("content", _editions())
def test_an_edition_keeps_every_rule_of_the_page(content: EditionContent) -> None:
    mail = render_edition(content, brand=BRAND)
    page = proofread(mail.html, base="rtl" if content.language == "ar" else "ltr")
    assert page.problems == []
    unsubscribe = f"https://levant.example/u/{UNSUBSCRIBE_SLOT}"
    preferences = f"https://levant.example/p/{PREFERENCES_SLOT}"
    assert page.links.index(unsubscribe) <= 3
    assert page.links.count(unsubscribe) == page.links.count(preferences) == 2
    for one in content.articles:
        assert one.url in page.links
    _check_text(mail)
    for needed in (unsubscribe, preferences, *(a.url for a in content.articles)):
        assert needed in mail.text.split("\n")


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_design_wears_the_brand(design: Design, language: str) -> None:
    articles = ARTICLES if language == "ar" else ENGLISH
    content = edition(articles=articles, language=language, design=design, note=NOTE)
    mail = render_edition(content, brand=FACE)
    page = proofread(mail.html, base="rtl" if language == "ar" else "ltr")
    assert page.problems == []
    assert page.images[0] == "https://levant.example/logo/0/10303a.png"
    assert 'width="256" height="64"' in mail.html
    dates = {
        "ar": ("الأربعاء 22 / كانون الثاني / 2025", "22 رجب 1446 هـ"),
        "en": ("Wednesday, 22 January 2025", "22 Rajab 1446 AH"),
    }
    for shown in dates[language]:
        assert shown in mail.html
        assert shown in mail.text.split("\n")
    for _, address in FACE.social:
        assert address in page.links
        assert address in mail.text.split("\n")
    assert "#8e1b2d" not in mail.html
    _check_text(mail)


def test_a_brief_numbers_its_headlines_and_keeps_one_sentence_of_each() -> None:
    long = article(7, "خبر طويل", standfirst="جملة أولى تكفي القارئ هنا. وجملة ثانية لا يحتاجها.")
    mail = render_edition(edition(articles=(LEAD, long), design=Design.BRIEF), brand=BRAND)
    assert re.search(r'class="number[^>]*>١<.*class="number[^>]*>٢<', mail.html, re.DOTALL)
    assert "٢. خبر طويل" in mail.text
    assert "جملة أولى تكفي القارئ هنا." in mail.html
    assert "وجملة ثانية" not in mail.html + mail.text
    assert proofread(mail.html, base="rtl").images == []


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("count", [40, 900])
def test_no_design_outgrows_a_mailbox(design: Design, count: int) -> None:
    content, _ = _long_articles(count)
    mail = render_edition(replace(content, design=design), brand=FACE)
    assert len(mail.html.replace("\n", "\r\n").encode()) <= MAX_HTML
    assert proofread(mail.html, base="rtl").problems == []
    assert ("على الموقع" in mail.html) or count == 40


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (100, "تُقرأ في دقيقة"),
        (360, "تُقرأ في دقيقتين"),
        (540, "تُقرأ في ٣ دقائق"),
        (11 * 180, "تُقرأ في ١١ دقيقة"),
        (100 * 180, "تُقرأ في ١٠٠ دقيقة"),
    ],
)
def test_how_long_an_alert_takes_to_read(words: int, line: str) -> None:
    one = replace(LEAD, body_html=f"<p>{'كلمة ' * words}</p>")
    text = render_edition(edition(CampaignKind.ALERT, (one,)), brand=BRAND).text
    assert line in text.split("\n")


@pytest.mark.parametrize(
    ("size", "wide", "thumb"),
    [
        ((0, 0), (600, 338), (160, 90)),
        ((1200, 800), (600, 400), (160, 107)),
        ((900, 1200), (345, 460), (120, 160)),
        ((320, 200), (320, 200), (160, 100)),
    ],
)
def test_a_picture_keeps_its_proportions(
    size: tuple[int, int], wide: tuple[int, int], thumb: tuple[int, int]
) -> None:
    one = replace(LEAD, image_width=size[0], image_height=size[1])
    mail = render_edition(edition(articles=(one, replace(one, id=2))), brand=BRAND)
    shown = re.findall(r'<img [^>]*width="(\d+)" height="(\d+)"', mail.html)
    assert shown == [tuple(map(str, wide)), tuple(map(str, thumb))]


def test_an_icon_is_no_picture() -> None:
    one = replace(LEAD, image_width=64, image_height=64)
    assert (
        proofread(render_edition(edition(articles=(one,)), brand=BRAND).html, base="rtl").images
        == []
    )


_LINK_OF = {
    NoticeKind.CONFIRM: "confirm_url",
    NoticeKind.ALREADY_SUBSCRIBED: "preferences_url",
    NoticeKind.INVITATION: "invitation_url",
    NoticeKind.PASSWORD_RESET: "reset_url",
    NoticeKind.APPROVAL: "approval_url",
    NoticeKind.EXPORT_READY: "job_url",
    NoticeKind.SECURITY: "security_url",
}


@pytest.mark.parametrize("kind", TEMPLATED)
@pytest.mark.parametrize(("language", "base"), [("ar", "rtl"), ("en", "ltr")])
def test_a_notice_keeps_every_rule_of_the_page(kind: NoticeKind, language: str, base: str) -> None:
    context = notice(language)
    mail = render_notice(kind, context, brand=BRAND)
    page = proofread(mail.html, base=base)
    assert page.problems == []
    wanted = context.values[_LINK_OF[kind]]
    assert page.first_text.endswith((".", "!"))
    assert wanted in page.links
    assert wanted in mail.text.split("\n")
    assert "~" not in mail.html
    _check_text(mail)


def _check_text(mail: RenderedMail) -> None:
    """Every address alone on its line, no run of blank lines, nothing of HTML."""
    assert "\n\n\n" not in mail.text
    assert not re.search(r"[ \t]\n", mail.text)
    assert not re.search(r"&\w+;|</?\w+", mail.text)
    for line in mail.text.split("\n"):
        if _URL.search(line):
            assert _URL.fullmatch(line), line


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (0, "لا مقالات في هذا العدد"),
        (1, "في هذا العدد مقال واحد"),
        (2, "في هذا العدد مقالان"),
        (3, "في هذا العدد ٣ مقالات"),
        (11, "في هذا العدد ١١ مقالاً"),
        (100, "في هذا العدد ١٠٠ مقال"),
    ],
)
def test_the_six_arabic_plurals(count: int, line: str) -> None:
    articles = tuple(article(n, f"خبر {n}") for n in range(count))
    text = render_edition(edition(articles=articles), brand=BRAND).text
    assert line in text.split("\n")


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (1, "الرابط صالح ليوم واحد."),
        (2, "الرابط صالح ليومين."),
        (3, "الرابط صالح لمدة ٣ أيام."),
        (11, "الرابط صالح لمدة ١١ يوماً."),
        (100, "الرابط صالح لمدة ١٠٠ يوم."),
    ],
)
def test_how_long_a_link_works(days: int, line: str) -> None:
    text = render_notice(NoticeKind.CONFIRM, notice("ar", days=days), brand=BRAND).text
    assert line in text.split("\n")


def test_the_brand_decides_digits_months_and_the_hour_of_the_greeting() -> None:
    brand = replace(BRAND, digits="latn", months="levantine", zone="America/Los_Angeles")
    lines = render_edition(edition(), brand=brand).text.split("\n")
    assert "الثلاثاء 21 / كانون الثاني / 2025" in lines
    assert "مساء الخير" in lines
    assert "في هذا العدد 6 مقالات" in lines


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("", LEAD.headline),
        ("نشرة OpenDesk", "نشرة \u2068OpenDesk\u2069"),
        ("OpenDesk تطلق 7.2", f"{RLM}\u2068OpenDesk\u2069 تطلق \u20687.2\u2069"),
        ("«خبر»", f"{RLM}«خبر»"),
        ("  خبر\r\nBcc: a@b.example\u202e ", "خبر \u2068Bcc: a@b.example\u2069"),
    ],
)
def test_the_subject_of_an_arabic_edition(subject: str, sent: str) -> None:
    assert render_edition(edition(subject=subject), brand=BRAND).subject == sent


def test_an_arabic_headline_in_an_english_edition_keeps_its_direction() -> None:
    mail = render_edition(edition(articles=ENGLISH, language="en"), brand=BRAND)
    card = mail.html[: mail.html.index("دفتر المطر")].rsplit("<td", 1)[1]
    assert 'dir="rtl"' in card
    assert 'align="right"' in card


def test_an_arabic_headline_that_begins_with_a_name_is_still_arabic() -> None:
    mixed = article(7, "iPhone 16 يصل إلى الأسواق المحلية", related=LEAD.related)
    mail = render_edition(edition(articles=(ENGLISH[0], mixed), language="en"), brand=BRAND)
    card = mail.html[: mail.html.index("يصل إلى")].rsplit("<td", 1)[1]
    assert 'dir="rtl"' in card
    assert 'lang="ar"' in card
    assert '<span dir="ltr">iPhone 16</span>' in card
    label = mail.html[: mail.html.rindex("Read also:")].rsplit("<span", 1)[1]
    assert 'dir="ltr"' in label
    assert proofread(mail.html, base="ltr").problems == []


def test_a_kicker_does_not_repeat_the_heading_above_it() -> None:
    same = article(7, "خبر", topic="ثقافة", kicker="ثقافة")
    mail = render_edition(edition(articles=(LEAD, same)), brand=BRAND)
    assert mail.html.count("ثقافة") == mail.text.count("ثقافة") == 1
    first = render_edition(edition(articles=(replace(same, kicker=""),)), brand=BRAND)
    assert first.html.count("ثقافة") == first.text.count("ثقافة") == 1


def test_topics_are_headings_in_order_and_the_lead_comes_first() -> None:
    mail = render_edition(edition(), brand=BRAND)
    headings = re.findall(r"<h([123])[^>]*>(?:<a[^>]*>)?(.*?)(?:</a>)?</h\1>", mail.html)
    plain = [(level, re.sub("<[^>]+>", "", text)) for level, text in headings]
    assert plain[0] == ("1", LEAD.headline)
    topics = [text for level, text in plain if level == "2"]
    assert topics == ["اقتصاد", "تقنية", "ثقافة", "أخبار أخرى"]


_SLOT_TRICKS = (
    UNSUBSCRIBE_SLOT,
    f"~{UNSUBSCRIBE_SLOT}~",
    PREFERENCES_SLOT,
    UNSUBSCRIBE_SLOT.replace("~slot", "\u200f~slot"),
    UNSUBSCRIBE_SLOT.replace("~", "&#126;"),
    UNSUBSCRIBE_SLOT.replace("~", "%7E"),
    f"{PREFERENCES_SLOT}{UNSUBSCRIBE_SLOT}",
)


@pytest.mark.parametrize("kind", CampaignKind)
@pytest.mark.parametrize("trick", _SLOT_TRICKS)
def test_nobody_but_the_templates_places_a_slot(kind: CampaignKind, trick: str) -> None:
    """A feed that could place a slot would be told every reader's tokens by its own links."""
    link = f"https://evil.example/{trick}"
    hostile = replace(
        LEAD,
        url=link,
        kicker=trick,
        headline=f"خبر {trick}",
        standfirst=trick,
        body_html=f'<p>{trick}<a href="{link}">x</a></p><img src="{link}" alt="{trick}">',
        image_url=link,
        image_alt=trick,
        image_caption=trick,
        related=((trick, link),),
        byline=trick,
        topic=trick,
    )
    content = edition(
        kind,
        (hostile, replace(hostile, id=2)),
        subject=f"خبر {trick}",
        note=f"{trick} {link}",
        preheader=trick,
        web_url=link,
    )
    mail = render_edition(content, brand=replace(BRAND, site_name=trick, postal_address=trick))
    assert "~slot" not in mail.subject
    assert (mail.html + mail.text).count(UNSUBSCRIBE_SLOT) == 3
    assert (mail.html + mail.text).count(PREFERENCES_SLOT) == 5
    for slot in (UNSUBSCRIBE_SLOT, PREFERENCES_SLOT):
        for page in (mail.html, mail.text):
            for found in re.finditer(re.escape(slot), page):
                assert page[: found.start()].endswith(
                    ("https://levant.example/u/", "https://levant.example/p/")
                )


def test_markup_of_feeds_and_editors_is_text() -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=1>{{ 7*7 }}{% raw %}"
    hostile = replace(
        LEAD,
        kicker=attack,
        headline=attack,
        standfirst=attack,
        byline=attack,
        image_alt=attack,
        image_caption=attack,
        topic=attack,
        url="javascript:alert(1)",
        image_url="data:image/png;base64,AAAA",
        related=((attack, "javascript:alert(1)"), (attack, 'https://a.example/"><script>')),
    )
    content = edition(articles=(hostile, hostile), note=attack, preheader=attack, subject=attack)
    mail = render_edition(content, brand=BRAND)
    page = proofread(mail.html, base="rtl")
    assert page.problems == []
    assert "{{ 7*7 }}" in page.text
    assert page.images == []
    assert "javascript:" not in mail.text


def _long_articles(count: int) -> tuple[EditionContent, set[str]]:
    articles = tuple(
        article(
            n,
            f"{n} عنوان طويل " * 30,
            topic=f"موضوع {n % 7}",
            standfirst="مقدمة طويلة تُقصّ عند كلمة " * 40,
            kicker="تقديم " * 20,
            image_url=f"https://img.example/{n}.jpg",
            related=((f"رابط {n} " * 20, f"https://www.levant.example/{n}/{'x' * 300}"),),
        )
        for n in range(count)
    )
    return edition(articles=articles), {a.url for a in articles}


@pytest.mark.parametrize("count", [20, 40, 150, 900])
def test_however_many_articles_the_mail_stays_whole_in_a_mailbox(count: int) -> None:
    content, urls = _long_articles(count)
    mail = render_edition(content, brand=BRAND)
    size = len(mail.html.replace("\n", "\r\n").encode())
    assert size <= MAX_HTML
    encoded = Skeleton.compile(mail, COMMON).message(VALUES).split(b"\r\n\r\n")[-1]
    assert len(encoded) <= 100_000
    page = proofread(mail.html, base="rtl")
    assert page.problems == []
    shown = urls & set(page.links)
    if count <= 40:
        assert shown == urls
    else:
        assert size > MAX_HTML * 0.9
        assert "على الموقع" in mail.html
    assert urls & set(mail.text.split("\n")) == shown


def test_a_long_article_is_cut_between_blocks_and_says_where_it_goes_on() -> None:
    body = "".join(f"<p>فقرة {n} {'كلام ' * 90}</p>" for n in range(300))
    mail = render_edition(
        edition(CampaignKind.ALERT, (replace(LEAD, body_html=body),)), brand=BRAND
    )
    assert MAX_HTML * 0.9 < len(mail.html.encode()) <= MAX_HTML
    assert proofread(mail.html, base="rtl").problems == []
    assert "تابع القراءة على الموقع" in mail.html
    whole = render_edition(edition(CampaignKind.ALERT, (LEAD,)), brand=BRAND)
    assert "اقرأ على الموقع" in whole.html
    assert "الأسبوع المقبل" in whole.html


def test_a_note_longer_than_a_mail_is_refused() -> None:
    with pytest.raises(MailTooLarge):
        render_edition(
            edition(CampaignKind.ANNOUNCEMENT, (), subject="خبر", note="كلام كثير " * 9000),
            brand=BRAND,
        )


def test_an_article_with_nothing_but_a_title_is_a_good_card() -> None:
    bare = article(9, "عنوان", topic="", byline="", url="")
    for kind in CampaignKind:
        mail = render_edition(edition(kind, (bare, bare), subject="خبر"), brand=BRAND)
        page = proofread(mail.html, base="rtl")
        assert page.problems == []
        assert page.images == []
        _check_text(mail)


def test_the_preheader_is_the_first_text_of_the_body() -> None:
    mail = render_edition(edition(preheader="جملة حقيقية."), brand=BRAND)
    assert proofread(mail.html, base="rtl").first_text == "جملة حقيقية."
    mail = render_edition(edition(), brand=BRAND)
    assert proofread(mail.html, base="rtl").first_text == LEAD.standfirst


_texts = st.text(
    st.one_of(st.sampled_from("خبر ٧«»،؟OpenDesk7.2$%()<>&\"'~\u202e\u2066\n"), st.characters()),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(headline=_texts, note=_texts, body=_texts, url=_texts)
def test_no_content_breaks_a_page(headline: str, note: str, body: str, url: str) -> None:
    one = replace(LEAD, headline=headline, url=url, body_html=f"{BODY}<p>{body}</p>{body}")
    for kind in CampaignKind:
        mail = render_edition(edition(kind, (one, one), note=note, subject=headline), brand=BRAND)
        problems = proofread(mail.html, base="rtl").problems
        assert problems == []
        assert "\n\n\n" not in mail.text
        assert mail.html.count(UNSUBSCRIBE_SLOT) == 2
