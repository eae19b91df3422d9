"""Editions to render in tests: a newsroom's day in Arabic and in English."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.arabic import date_line
from app.domain.brand import Brand, Colours, Logo, SocialNetwork
from app.domain.campaign import CampaignKind
from app.domain.edition import Design
from app.domain.notice import NoticeKind
from app.mail.content import EditionArticle, EditionContent, NoticeContext

DAY = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)

BRAND = Brand(
    site_name="ليفانت",
    site_url="https://www.levant.example",
    base_url="https://levant.example",
    postal_address="شارع المرفأ، بيروت، لبنان — ص.ب 11-2043",
    digits="arab",
    months="gregorian",
    zone="Asia/Beirut",
)

FACE = replace(
    BRAND,
    site_name="صحيفة المرفأ",
    digits="latn",
    months="levantine",
    hijri=True,
    colours=Colours(accent="#0a5c4a", plate="#10303a", background="#e6ecea"),
    logo=Logo(name="0" * 32, url="https://levant.example/logo/0/10303a.png", width=640, height=160),
    footer="تصدر «المرفأ» كل صباح عدا الجمعة.\nللنشر: desk@harbour.example",
    social=(
        (SocialNetwork.TELEGRAM, "https://t.example/harbour"),
        (SocialNetwork.X, "https://x.example/harbour"),
        (SocialNetwork.YOUTUBE, "https://video.example/harbour"),
    ),
)
"""A brand of which everything was chosen."""

BODY = """
<p>أعلنت سلطة الموانئ أن الرصيف الجديد في <strong>مرفأ طرابلس</strong> يستقبل أول سفينة في 3 مارس،
بعد أعمال موّلها بنك EIB بقيمة $120 مليون.</p>
<p>وقالت المهندسة <em>ريم الخطيب</em> لوكالة Reuters: "نبدأ بقدرة 400,000 حاوية في السنة".</p>
<h2>ماذا يتغيّر للتجار؟</h2>
<p>يقصر زمن التفريغ إلى يومين. <a href="https://port.example/plan?x=1&amp;y=2">الخطة كاملة</a>.</p>
<ul><li>رافعتان من طراز STS-65</li><li>بوابة تعمل 24/7</li></ul>
<blockquote><p>المرفأ ليس جداراً على البحر، بل باب.</p></blockquote>
<figure><img src="https://img.example/crane.jpg" alt="رافعة"><figcaption>الرافعة الأولى</figcaption>
</figure><p>وتنشر الوزارة جدول الرسوم الأسبوع المقبل.</p>
"""


def article(
    number: int, headline: str, *, topic: str = "اقتصاد", standfirst: str = "", **more: object
) -> EditionArticle:
    plain = EditionArticle(
        id=number,
        url=f"https://www.levant.example/news/{number}",
        kicker="",
        headline=headline,
        standfirst=standfirst,
        body_html="",
        image_url="",
        image_alt="",
        image_caption="",
        related=(),
        byline="ليفانت-وكالات",
        topic=topic,
        published_at=DAY,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


LEAD = article(
    1,
    "مرفأ طرابلس يستعد لأول سفينة حاويات.. ورصيف جديد يعمل بالكهرباء",
    standfirst="تقول سلطة الموانئ إن الرصيف يخفض زمن التفريغ إلى النصف.",
    kicker="بعد ثلاث سنوات من الأعمال",
    image_url="https://img.example/port.jpg",
    image_alt="رافعات المرفأ عند الفجر",
    image_caption="رافعات الرصيف الجديد \\ أرشيف",
    related=(("كيف تنافس الموانئ الصغيرة الكبيرة؟", "https://www.levant.example/news/90"),),
    body_html=BODY,
)
ARTICLES = (
    LEAD,
    article(2, "أسعار الخبز تستقر بعد اتفاق مع الأفران", standfirst="سعر موحد حتى الربيع."),
    article(
        3,
        "شركة OpenDesk تطلق نسخة عربية من برنامجها Writer 7.2 مجاناً",
        topic="تقنية",
        standfirst="تدعم النسخة الكتابة من اليمين إلى اليسار على Linux و Windows.",
        kicker="برمجيات حرة",
        image_url="https://img.example/desk.jpg",
    ),
    article(
        4,
        "سرعة الإنترنت ترتفع 35% في ثلاث محافظات",
        topic="تقنية",
        standfirst="الكابل البحري الجديد يبدأ الخدمة، والأسعار تبقى كما هي حتى نهاية العام.",
    ),
    article(
        5,
        "«دفتر المطر».. معرض يعيد رسم ذاكرة المدينة",
        topic="ثقافة",
        byline="سلمى حداد",
        standfirst="ستون لوحة عن شتاء بيروت بين 1931 - 2025، بعضها رُسم بماء المطر وحبر الجرائد.",
        image_url="https://img.example/rain.jpg",
        image_width=900,
        image_height=600,
    ),
    article(
        6,
        "سيدات السلة إلى النهائي بعد فوز مثير 71 - 69",
        topic="",
        standfirst="رمية في الثانية الأخيرة حسمت اللقاء، والنهائي يوم السبت في صالة المنارة.",
    ),
)
ENGLISH = (
    replace(
        LEAD,
        headline="Tripoli's new quay readies for its first container ship",
        standfirst="Unloading will take half the time, the port authority says.",
        kicker="After three years",
        image_alt="Cranes at dawn",
        image_caption="Cranes of the new quay",
        related=(("How small ports compete", "https://www.levant.example/news/90"),),
        byline="Levant staff",
        topic="Economy",
        body_html="<p>The first ship is due on 3 March, <b>رويترز</b> reports.</p>"
        "<ul><li>Two cranes</li></ul><blockquote>A port is a door.</blockquote>",
    ),
    article(2, "Bread prices hold after a deal with bakeries", topic="Economy"),
    article(5, "«دفتر المطر».. معرض يعيد رسم ذاكرة المدينة", topic="Culture"),
)


def edition(
    kind: CampaignKind = CampaignKind.DIGEST,
    articles: tuple[EditionArticle, ...] = ARTICLES,
    *,
    language: str = "ar",
    subject: str = "",
    note: str = "",
    preheader: str = "",
    web_url: str = "",
    design: Design | None = None,
) -> EditionContent:
    return EditionContent(
        kind=kind,
        language=language,
        subject=subject,
        preheader=preheader,
        date=DAY,
        note=note,
        articles=articles,
        web_url=web_url,
        design=design,
    )


TEMPLATED = [kind for kind in NoticeKind if kind is not NoticeKind.TEST]
"""The notices that have templates; a test of a campaign is the campaign's own mail."""


def _day(language: str) -> str:
    return date_line(
        DAY, zone=BRAND.zone, language=language, digit_family=BRAND.digits, months=BRAND.months
    )


def notice(language: str, *, days: int = 3) -> NoticeContext:
    """A notice of any kind: the values of all of them, each template takes its own."""
    return NoticeContext(
        language=language,
        values={
            "confirm_url": f"https://levant.example/confirm/{'c' * 32}",
            "preferences_url": f"https://levant.example/p/{'p' * 32}",
            "invitation_url": f"https://levant.example/admin/invitation/{'i' * 32}",
            "reset_url": f"https://levant.example/admin/reset/{'r' * 32}",
            "host": "ريم Khatib",
            "role": "editor",
            "job_url": "https://levant.example/admin/jobs/7",
            "days": days,
            "schedule_name": "نشرة الصباح",
            "edition_subject": "المصرف المركزي يثبّت سعر الصرف",
            "articles": [
                ("المصرف المركزي يثبّت سعر الصرف", "اقتصاد"),
                ("Beirut port handles a record month", "اقتصاد"),
                ("المنتخب يفوز في مباراته الأولى", "رياضة"),
            ],
            "count": 14,
            "rest": 11,
            "slot_day": date_line(
                DAY, zone="Asia/Beirut", language=language, digit_family="arab", months="gregorian"
            ),
            "slot_clock": "07:00",
            "limit_day": date_line(
                DAY, zone="Asia/Beirut", language=language, digit_family="arab", months="gregorian"
            ),
            "limit_clock": "09:00",
            "what": "login",
            "done_by": "",
            "by_operator": False,
            "event_day": _day(language),
            "event_clock": "08:30",
            "browser": "Firefox",
            "system": "Windows",
            "ip": "198.51.100.24",
            "security_url": "https://levant.example/admin/forgot",
            "approval_url": "https://levant.example/admin/campaigns/7/approval",
        },
    )
