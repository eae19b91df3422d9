"""The words for states, kinds and stable codes, in one place for all pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.article import Origin
from app.domain.bounce import BounceKind
from app.domain.brand import SocialNetwork
from app.domain.bulk import Deed
from app.domain.campaign import CampaignKind, CampaignState, SkipReason, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.edition import Design
from app.domain.hub import HubState
from app.domain.segment import Engagement
from app.domain.staff import Role
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.web.admin.i18n import lazy_gettext as _

CAMPAIGN_KINDS: Mapping[str, LazyString] = {
    CampaignKind.DIGEST: _("Digest"),
    CampaignKind.SELECTION: _("Chosen articles"),
    CampaignKind.ALERT: _("Alert"),
    CampaignKind.ANNOUNCEMENT: _("Announcement"),
}

KIND_HINTS: Mapping[str, LazyString] = {
    CampaignKind.DIGEST: _("Everything new, to each reader only the topics they follow."),
    CampaignKind.SELECTION: _("Articles that you choose and put in order, the same for everybody."),
    CampaignKind.ALERT: _("One article, at once."),
    CampaignKind.ANNOUNCEMENT: _("A message of your own to the readers."),
}

DESIGNS: Mapping[str, LazyString] = {
    Design.MORNING: _("Morning"),
    Design.BRIEF: _("Brief"),
    Design.ALERT: _("Whole article"),
    Design.LETTER: _("Letter"),
}

DESIGN_HINTS: Mapping[str, LazyString] = {
    Design.MORNING: _("A lead story with its large picture, then cards by topic."),
    Design.BRIEF: _("Numbered headlines, one line each, very calm."),
    Design.ALERT: _("The first article with its whole text."),
    Design.LETTER: _("Your text, as a letter."),
}

CAMPAIGN_STATES: Mapping[str, LazyString] = {
    CampaignState.DRAFT: _("Draft"),
    CampaignState.SCHEDULED: _("Scheduled"),
    CampaignState.PREPARING: _("Preparing"),
    CampaignState.SENDING: _("Sending"),
    CampaignState.PAUSED: _("Paused"),
    CampaignState.FINISHED: _("Sent"),
    CampaignState.CANCELLED: _("Cancelled"),
    CampaignState.SKIPPED: _("Skipped"),
    CampaignState.NEEDS_REVIEW: _("Needs a decision"),
}

SKIP_REASONS: Mapping[str, LazyString] = {
    SkipReason.NOTHING_NEW: _("Nothing was new since the last edition, so nobody was written to."),
    SkipReason.NO_READERS: _("No active reader had chosen these topics at this pace."),
    SkipReason.TOO_FEW_ARTICLES: _("There were fewer new articles than the schedule asks for."),
    SkipReason.NOT_APPROVED: _("Nobody approved it in time."),
    SkipReason.OVERTAKEN: _("The next edition was ready before anybody approved this one."),
}

POLICIES: Mapping[str, LazyString] = {
    UncertainPolicy.RESEND: _("Send again: nobody misses it, a few may get it twice"),
    UncertainPolicy.HOLD: _("Hold: nobody gets it twice, what is uncertain waits for you"),
}

SEND_WAYS: Mapping[str, LazyString] = {
    "now": _("Now"),
    "at": _("At a time"),
    "morning": _("In each reader's own morning"),
}

SEND_WAY_HINTS: Mapping[str, LazyString] = {
    "now": _("You will see who gets it before anything is sent."),
    "at": _("On the site's clock; until then it can be taken back."),
    "morning": _("The same hour on everybody's own clock, wherever they live."),
}

DELIVERY_STATES: Mapping[str, LazyString] = {
    DeliveryState.PENDING: _("Waiting"),
    DeliveryState.HANDING: _("Being handed over"),
    DeliveryState.SENT: _("Delivered to the mail server"),
    DeliveryState.FAILED: _("Refused"),
    DeliveryState.DEFERRED: _("Will be tried again"),
    DeliveryState.SKIPPED: _("Left out"),
    DeliveryState.UNKNOWN: _("Uncertain"),
}

BOUNCE_KINDS: Mapping[str, LazyString] = {
    BounceKind.SOFT: _("Bounced this time"),
    BounceKind.HARD: _("Bounced for good"),
    BounceKind.COMPLAINT: _("Called spam"),
}

CADENCES: Mapping[str, LazyString] = {
    Cadence.INSTANT: _("At once"),
    Cadence.DAILY: _("Daily"),
    Cadence.WEEKLY: _("Weekly"),
}

SUBSCRIBER_STATES: Mapping[str, LazyString] = {
    SubscriberState.ACTIVE: _("Active"),
    SubscriberState.UNSUBSCRIBED: _("Unsubscribed"),
    SubscriberState.SUPPRESSED: _("Suppressed"),
}

ENGAGEMENTS: Mapping[str, LazyString] = {
    Engagement.NEW: _("Joined"),
    Engagement.SERVED: _("Got a mail"),
    Engagement.UNSERVED: _("Got no mail"),
    Engagement.REFUSED: _("A mail was refused"),
}

DEEDS: Mapping[str, LazyString] = {
    Deed.ADD_TOPIC: _("Have them follow a topic"),
    Deed.REMOVE_TOPIC: _("Have them follow a topic no more"),
    Deed.CHANGE_CADENCE: _("Change their pace"),
    Deed.UNSUBSCRIBE: _("Unsubscribe them"),
}

SEGMENT_REFUSALS: Mapping[str, LazyString] = {
    "unknown_topic": _("One of these topics no longer exists."),
    "bad_domain": _("Write a whole domain, such as example.org."),
    "unknown": _("There is no such choice. Choose one from the list."),
    "bad_day": _("This day cannot be right. Correct it."),
    "bad_days": _("Write a number of days, from 1 to 3660."),
    "order": _("This day is before the first one. Choose a later one."),
    "too_many": _("These are too many: 50 is the most."),
    "malformed": _("No address begins like this."),
    "needs_name": _("Give the segment a name."),
    "too_long": _("This name is too long. Shorten it."),
    "taken": _("There is a segment of this name already. Choose another name."),
    "empty": _("Choose a filter first: this means every reader."),
}

ADDRESS_REFUSALS: Mapping[str, LazyString] = {
    "empty": _("Write an address."),
    "too_long": _("This is longer than an address can be."),
    "control_characters": _("This address holds invisible characters. Type it by hand."),
    "malformed": _("This is not a whole mail address. Write it like name@example.org."),
}

INVITATION_REFUSALS: Mapping[str, LazyString] = {
    "known": _("This address is subscribed already."),
    "suppressed": _("This address is on the suppression list and is not written to."),
    "limited": _("This address was asked a short while ago. Wait before it is asked again."),
    "bounced": _(
        "A mail to this address came back a short while ago: there is no such mailbox. See "
        "whether it is spelt right."
    ),
}

SUPPRESSION_REASONS: Mapping[str, LazyString] = {
    "bounced": _("The mailbox refuses mail"),
    "complained": _("Marked as spam"),
    "erased": _("Erased at the reader's wish"),
    "by_staff": _("Entered by the staff"),
}

CONSENT_KINDS: Mapping[str, LazyString] = {
    ConsentKind.ASKED: _("Asked to subscribe"),
    ConsentKind.CONFIRMED: _("Confirmed by mail"),
    ConsentKind.IMPORTED: _("Imported with a record of consent"),
    ConsentKind.CHANGED: _("Changed the choices"),
    ConsentKind.UNSUBSCRIBED: _("Unsubscribed"),
    ConsentKind.SUPPRESSED: _("Suppressed"),
}

ROLES: Mapping[str, LazyString] = {
    Role.OWNER: _("Owner"),
    Role.EDITOR: _("Editor"),
    Role.AUTHOR: _("Author"),
    Role.VIEWER: _("Viewer"),
}

CAMPAIGN_REFUSALS: Mapping[str, LazyString] = {
    "unknown_topic": _("One of these topics no longer exists."),
    "unknown_article": _("This article no longer exists."),
    "too_many_articles": _("These are too many articles for one edition. Take some out."),
    "needs_article": _("An alert is about one article: choose it."),
    "needs_articles": _("Choose the articles first."),
    "preheader_too_long": _("The line after the subject is too long. Shorten it."),
    "needs_subject": _("An announcement needs a subject."),
    "needs_note": _("An announcement needs a text."),
    "subject_too_long": _("The subject is too long for a mailbox. Shorten it."),
    "subject_lines": _("The subject must be one line."),
    "note_too_long": _("The text is too long for a mail. Shorten it."),
    "unfit_design": _("This design does not fit this kind of campaign. Choose another."),
    "time_has_passed": _("This time has passed already. Choose a later one."),
    "needs_first_subject": _("To try two subjects, write the first one too."),
    "same_subject": _("The second subject is the same as the first."),
    "bad_test": _("Choose one of these."),
    "test_in_the_morning": _(
        "Two subjects can be tried only if all readers are written to at one time."
    ),
    "needs_time": _("Choose the day and the time."),
    "morning_has_passed": _(
        "On that day this hour has come already where your easternmost readers live: choose a "
        "later day."
    ),
}

SCHEDULE_REFUSALS: Mapping[str, LazyString] = {
    "unknown_zone": _("There is no such time zone. Choose one from the list."),
    "unknown_topic": _("One of these topics no longer exists."),
    "needs_name": _("Give the schedule a name."),
    "needs_weekday": _("Choose the day of the week."),
    "needs_days": _("Choose at least one day."),
    "bad_lead": _("Choose one of these."),
    "bad_limit": _("Choose one of these."),
    "unknown_segment": _("This segment no longer exists."),
    "bad_minimum": _("The least number of articles must be between 1 and 40."),
}

NO_PREVIEW: Mapping[str, LazyString] = {
    "nothing_new": _("No article came in that this campaign could carry, so it would be skipped."),
    "unknown_variant": _("There is no such version of this campaign."),
    "unknown_reader": _("There is no reader with this address."),
    "not_for_reader": _(
        "This reader gets nothing: the pace, a pause or the choice of readers leaves them out."
    ),
    "nothing_for_reader": _(
        "This reader gets nothing: nothing is new in the topics they follow, "
        "or they have had it all."
    ),
}

COLOUR_LABELS: Mapping[str, LazyString] = {
    "accent": _("Accent"),
    "heading": _("Headlines"),
    "text": _("Text"),
    "paper": _("Paper"),
    "background": _("Around the page"),
    "plate": _("Behind the name or the logo"),
}

NETWORKS: Mapping[str, LazyString] = {
    SocialNetwork.WHATSAPP: _("WhatsApp"),
    SocialNetwork.TELEGRAM: _("Telegram"),
    SocialNetwork.FACEBOOK: _("Facebook"),
    SocialNetwork.INSTAGRAM: _("Instagram"),
    SocialNetwork.X: _("X"),
    SocialNetwork.YOUTUBE: _("YouTube"),
    SocialNetwork.TIKTOK: _("TikTok"),
    SocialNetwork.LINKEDIN: _("LinkedIn"),
}

BRAND_FAULTS: Mapping[str, LazyString] = {
    "too_long": _("This is too long. Shorten it."),
    "bad_colour": _("This is not a colour. Choose one, or write it like #1a5f7a."),
    "bad_link": _("This is not a web address. Write it whole, with https:// at its beginning."),
    "logo_not_a_picture": _("This is neither a PNG nor a JPEG."),
    "logo_broken": _("This picture cannot be read."),
    "logo_too_small": _("This picture is too small for a logo."),
    "logo_too_many_pixels": _("This picture has too many pixels: make it smaller."),
    "logo_too_large": _("This file is larger than 1 MB."),
}

ORIGINS: Mapping[str, LazyString] = {
    Origin.FEED: _("A feed"),
    Origin.LINK: _("Added by its address"),
    Origin.HAND: _("Written by hand"),
    Origin.PUSH: _("Sent by the CMS"),
}

ARTICLE_REFUSALS: Mapping[str, LazyString] = {
    "needed": _("This field is needed."),
    "bad_url": _("This is not a web address. Write it whole, with https:// at its beginning."),
    "bad_date": _("This date cannot be right. Correct it."),
    "needs_topic": _("Choose the topic that it stands under."),
    "unknown_topic": _("One of these topics no longer exists."),
    "edited": _(
        "Somebody has changed this article since you opened it. Your text is still here: look at "
        "the other version in a new tab, then save again to put yours in its place."
    ),
}

FEED_ERRORS: Mapping[str, LazyString] = {
    "bad_redirect": _("The address redirects to somewhere that is not a web page."),
    "bad_response": _("The server's answer is broken."),
    "bad_status": _("The server answered with an error."),
    "bad_url": _("This is not a web address. Write it whole, with https:// at its beginning."),
    "connection_failed": _("The server cannot be reached."),
    "consent_wall": _(
        "The page shows a question for consent to readers from here, and no article behind it."
    ),
    "empty": _("There is nothing in the feed."),
    "gone": _(
        "The server says that this feed is gone for good (410), so it is not asked for any more."
    ),
    "moved_to_known": _(
        "This feed has moved for good to the address of another source, so this one is paused."
    ),
    "name_not_found": _("The server's name is unknown."),
    "not_a_feed": _("What is there is not a feed."),
    "not_a_page": _("What is there is not a web page."),
    "not_an_article": _("This page holds no article of its own; it may be a list of articles."),
    "not_found": _("There is nothing at this address (404)."),
    "not_xml": _("What is there is not a feed."),
    "private_address": _("The address leads into a private network, which is not allowed."),
    "redirect_loop": _("The address redirects in circles."),
    "timeout": _("The server took too long to answer."),
    "tls_failed": _("The server's certificate is not valid."),
    "too_large": _("The feed is larger than allowed."),
    "too_many_redirects": _("The address redirects too often."),
    "wrong_content": _("What is there is not a picture of a kind that mails can show."),
}

PICTURE_PROBLEMS: Mapping[str, LazyString] = {
    "broken": _("The picture is damaged."),
    "not_a_picture": _("What is there is not a picture of a kind that mails can show."),
    "too_large": _("The picture's file is larger than allowed."),
    "too_many_pixels": _("The picture has more pixels than allowed."),
    "too_small": _("The picture is too small to be shown."),
}
"""What differs from a feed's troubles."""

HUB_STATES: Mapping[str, LazyString] = {
    HubState.WANTED: _("A hub is being asked to push."),
    HubState.ASKED: _("A hub was asked to push; its answer is awaited."),
    HubState.VERIFIED: _("The hub pushes what is new at once."),
    HubState.REFUSED: _("The hub refuses to push; the source is looked at as usual."),
}

ENTRY_PROBLEMS: Mapping[str, LazyString] = {
    "cut_short": _("the feed broke off in this entry, and it was left out"),
    "no_date": _("it has no date, so it counts as published when it came in"),
    "no_text": _("it has neither a title nor a text, and was left out"),
    "page_failed": _("its page could not be read, so that only what the feed says came in"),
    "repeated": _("it stands in the feed twice; the last one counts"),
    "too_many": _("the feed is too long, and it was left out"),
}

SOURCE_REFUSALS: Mapping[str, LazyString] = {
    "bad_url": _("This is not a web address. Write it whole, with https:// at its beginning."),
    "unknown_topic": _("This topic no longer exists."),
    "known_source": _("This feed is a source already."),
    "has_articles": _("Articles have come in from it by now, so it can be paused only."),
}

TOPIC_REFUSALS: Mapping[str, LazyString] = {
    "bad_slug": _("Only small Latin letters, digits and hyphens, such as `world-news`."),
    "needs_name": _("A topic needs its name in both languages."),
    "slug_taken": _("There is a topic of this short name already. Choose another."),
    "too_many_topics": _("There is no room for another topic: 62 is the most."),
    "unknown_topic": _("This topic no longer exists."),
    "same_topic": _("Choose another topic than this one."),
    "in_use": _("Something hangs on this topic by now: merge it into another instead."),
    "jobs_running": _(
        "A job that changes readers is under way. Wait until it is done, and try again."
    ),
}
