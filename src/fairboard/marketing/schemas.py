"""Shapes of the marketing API."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema
from pydantic import StrictBool

from fairboard.kit.schemas import BodySchema


class TopicOut(Schema):
    """A topic and the words one agrees to."""

    key: str
    name: str
    description: str
    wording: str
    wording_version: int
    is_archived: bool


class TopicIn(BodySchema):
    """A topic to be made or changed."""

    name: str = Field(max_length=80)
    description: str = Field("", max_length=300)
    wording: str = Field(max_length=4_000)
    archived: StrictBool = False


class ConsentOut(Schema):
    """One change of a consent with its proof."""

    id: str
    address: str
    topic: str
    channel: str
    state: str
    at: datetime
    source: str
    wording: str
    wording_version: int
    proof: dict[str, Any]
    by: str


class ConsentList(Schema):
    """A page of changes, newest first."""

    items: list[ConsentOut]
    next_cursor: str


class ConsentIn(BodySchema):
    """A consent somebody gave to the staff."""

    address: str = Field(max_length=254)
    topic: str = Field(max_length=40)
    state: str = "given"
    channel: str = "mail"
    source: str = Field(max_length=80)
    note: str = Field("", max_length=500)


class SuppressionOut(Schema):
    """One reason an address is suppressed for; only a keyed hash of it is kept."""

    id: str
    digest: str
    reason: str
    source: str
    detail: str
    at: datetime


class SuppressionList(Schema):
    """A page of the list, newest first."""

    items: list[SuppressionOut]
    next_cursor: str


class SuppressIn(BodySchema):
    """An address to be written to no more."""

    address: str = Field(max_length=254)
    detail: str = Field("", max_length=200)


class MailingLinesIn(BodySchema):
    """A list to be brought in: addresses or exported keyed hashes."""

    lines: list[str] = Field(max_length=100_000)
    source: str = Field(max_length=80)


class MailingImportedOut(Schema):
    """What became of a list."""

    added: int
    known: int
    faulty: list[int]


class TemplateOut(Schema):
    """A template in the list."""

    id: str
    name: str
    version: int
    languages: list[str]
    updated_at: datetime


class TemplateList(Schema):
    """A page of templates, newest first."""

    items: list[TemplateOut]
    next_cursor: str


class TextOut(Schema):
    """What a template says in one language."""

    subject: str
    preheader: str
    blocks: list[dict[str, Any]]


class TemplateDetail(TemplateOut):
    """A template with its texts by language."""

    texts: dict[str, TextOut]


class TemplateIn(BodySchema):
    """A new template."""

    name: str = Field(max_length=120)


class TextIn(BodySchema):
    """What a template is to say in one language; ``version`` is the one it was read as."""

    subject: str = Field("", max_length=200)
    preheader: str = Field("", max_length=200)
    blocks: list[dict[str, Any]] = Field(max_length=60)
    version: int | None = Field(None, ge=0, lt=2**31)


class PreviewIn(BodySchema):
    """Merge values by path, such as ``{"contact.name": "Anna"}``."""

    values: dict[str, str | int | float | bool | None] = {}


class MailingPreviewOut(Schema):
    """A template as one recipient would get it."""

    subject: str
    html: str
    text: str


class VariantIn(Schema):
    """A subject that is tried out and its share of the test group in percent."""

    subject: str = Field(max_length=200)
    share: int = Field(50, ge=1, le=100)


class MailingIn(BodySchema):
    """What a mailing is set to. Times of day are minutes after midnight where the recipient is."""

    name: str = Field(max_length=120)
    topic: str = Field(max_length=40)
    template_id: str = Field(max_length=16)
    audience: dict[str, Any]
    basis: str = "consent"
    reply_to: str = Field("", max_length=254)
    variants: list[VariantIn] = Field([], max_length=4)
    test_share: int = Field(0, ge=0, le=100)
    winner_by: str = "clicks"
    decide_minutes: int = Field(240, ge=5, le=20_160)
    throttle: int = Field(0, ge=0, le=1_000_000)
    quiet_from: int | None = Field(None, ge=0, lt=1_440)
    quiet_to: int | None = Field(None, ge=0, lt=1_440)
    local_minute: int | None = Field(None, ge=0, lt=1_440)
    track_opens: bool = False
    track_clicks: bool = False


class MailingOut(Schema):
    """A mailing in the list."""

    id: str
    name: str
    topic: str
    state: str
    starts_at: datetime | None
    ended_at: datetime | None
    audience_size: int
    created_at: datetime


class MailingList(Schema):
    """A page of mailings, newest first."""

    items: list[MailingOut]
    next_cursor: str


class MailingFiguresOut(Schema):
    """What became of a mailing so far."""

    states: dict[str, int]
    reasons: dict[str, int]
    total: int
    handled: int
    bounced: int
    soft: int
    complaints: int
    unsubscribes: int
    replies: int
    opens: int | None
    clicks: int | None
    complaint_rate: float


class MailingResultOut(Schema):
    """How one subject fared."""

    key: str
    subject: str
    sent: int
    events: int
    rate: float


class MailingDetail(MailingOut):
    """One mailing with its live figures."""

    basis: str
    problem: str
    winner: str
    figures: MailingFiguresOut
    results: list[MailingResultOut]


class ReviewOut(Schema):
    """What the gate said of a mailing."""

    verdict: str
    state: str


class WhenIn(BodySchema):
    """When a mailing goes out; at once when left out."""

    starts_at: datetime | None = None


class SettleIn(BodySchema):
    """What to do with mails in an unknown state: ``sent`` counts them as sent, ``again`` sends them again."""

    as_: str = Field("sent", alias="as", pattern="^(sent|again)$")


class MissingOut(Schema):
    """Recipients who lack the same values."""

    fields: list[str]
    count: int
    examples: list[str]


class CheckOut(Schema):
    """Who misses which value."""

    recipients: int
    missing: list[MissingOut]
    faults: list[str]
    fields: list[str]


class MailingDeliveryOut(Schema):
    """What became of one recipient."""

    id: int
    address: str
    key: str
    state: str
    reason: str
    variant: str
    due_at: datetime
    attempts: int


class DeliveryList(Schema):
    """A page of recipients in their order."""

    items: list[MailingDeliveryOut]
    next_cursor: str


class HealthOut(Schema):
    """The last 30 days over all mailings."""

    sent: int
    bounced: int
    complaints: int
    complaint_rate: float
    is_well: bool


class ProviderIn(BodySchema):
    """What a mail provider says came back: ``{"type": "bounce", "message_id": "<...>", "status": "5.1.1"}`` each."""

    events: list[dict[str, Any]] = Field(max_length=1_000)


class MailingCountOut(Schema):
    """How many that were."""

    count: int
