"""What the market keeps: places, categories, ads with every revision, photos, and the search cards."""

from django.db import models
from django.urls import reverse

from fairboard.kit import clock
from fairboard.kit.ids import PublicIdField

STATES = ("draft", "in_review", "live", "expired", "sold", "withdrawn", "removed")
PRICE_TYPES = ("fixed", "negotiable", "free", "swap", "on_request")
PLACE_KINDS = ("country", "region", "city", "district")


class Place(models.Model):
    """Where an ad is: country > region > city > district, each knowing all places above it."""

    code = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=100)
    search_name = models.CharField(max_length=100, db_index=True)
    kind = models.CharField(max_length=10)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    ancestors = models.JSONField(default=list)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=50)
    population = models.PositiveIntegerField(default=0)
    live_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=PLACE_KINDS), name="market_place_kind_known")]
        indexes = [models.Index(fields=["kind", "-population"], name="market_place_popular")]

    def __str__(self) -> str:
        return self.code


class Category(models.Model):
    """What an ad is about, with the attributes asked for it (a list of field specifications)."""

    slug = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    icon = models.CharField(max_length=40, blank=True)
    hint = models.CharField(max_length=200, blank=True)
    keywords = models.JSONField(default=list)
    price_types = models.JSONField(default=list)
    advice = models.JSONField(default=list)
    schema_type = models.CharField(max_length=60, blank=True)
    attributes = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    packaged = models.CharField(max_length=64, blank=True)
    """Digest of what the package put here last: a row that says something else was changed by staff."""
    is_active = models.BooleanField(default=True)
    live_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.slug


class Ad(models.Model):
    """One advertisement: who placed it and where in its life it is. What it says is in its revisions."""

    public_id = PublicIdField()
    seller = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="ads")
    state = models.CharField(max_length=12, default="draft")
    current = models.ForeignKey("market.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    live = models.ForeignKey("market.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    sold_to = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="market_ad_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="live") | models.Q(live__isnull=False, expires_at__isnull=False),
                name="market_ad_live_has_revision",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="market_ad_external_once",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="market_ad_of_seller"),
            models.Index(fields=["expires_at"], name="market_ad_expiring", condition=models.Q(state="live")),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def path(self) -> str:
        """The address of the ad's page."""
        return reverse("market:ad", kwargs={"ad_id": self.public_id})


class Revision(models.Model):
    """What an ad said at one time, exactly as written. Rows are added, never changed but for the verdict."""

    ad = models.ForeignKey(Ad, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    price_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    price_type = models.CharField(max_length=12, default="fixed")
    attributes = models.JSONField(default=dict)
    photos = models.JSONField(default=list)
    submission_id = models.CharField(max_length=16, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ad", "number"], name="market_revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(price_type__in=PRICE_TYPES), name="market_revision_price_type_known"
            ),
            models.CheckConstraint(
                condition=models.Q(price_minor__isnull=True) | models.Q(price_minor__gte=0),
                name="market_revision_price_not_negative",
            ),
        ]


class SavedDraft(models.Model):
    """What somebody is writing and has not sent: a member's, or a visitor's whose browser session names it.

    ``values`` are the form's fields as typed, ``ad`` the ad it is to change. Nobody else sees it, so it is not judged.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    ad = models.ForeignKey(Ad, null=True, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)
    photos = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-updated_at"], name="market_draft_of_member"),
            models.Index(fields=["expires_at"], name="market_draft_expiring"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Photo(models.Model):
    """A picture somebody sent, re-encoded in three sizes and named by its content.

    One without an owner belongs to the draft of a visitor, who becomes its owner by signing up.

    ``pdq`` is its perceptual hash in hexadecimal with the ``quality`` 0 to 100; ``sha256`` and ``md5`` are of the file
    as it came. ``pdq`` and ``md5`` are empty for photos kept before they were made.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    ad = models.ForeignKey(Ad, null=True, on_delete=models.PROTECT, related_name="photo_rows")
    draft = models.ForeignKey(SavedDraft, null=True, on_delete=models.SET_NULL, related_name="photo_rows")
    sha256 = models.CharField(max_length=64, db_index=True)
    md5 = models.CharField(max_length=32, blank=True)
    key = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    colour = models.CharField(max_length=7)
    pdq = models.CharField(max_length=64, blank=True)
    quality = models.PositiveSmallIntegerField(default=0)
    is_public = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)


class Card(models.Model):
    """What a list shows of a live ad, in one row, in the order of publication.

    ``position`` grows with time and is the rowid of the full-text index, so "newest first" is the
    index's own order. There is a card exactly while the ad is live and no decision restricts it to who has its address.
    """

    position = models.BigIntegerField(primary_key=True)
    ad = models.OneToOneField(Ad, on_delete=models.PROTECT, related_name="card")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    excerpt = models.CharField(max_length=180)
    price_minor = models.BigIntegerField(null=True)
    price = models.FloatField(null=True)
    currency = models.CharField(max_length=3)
    price_type = models.CharField(max_length=12)
    place = models.CharField(max_length=120)
    place_name = models.CharField(max_length=140)
    category = models.CharField(max_length=80)
    attributes = models.JSONField(default=dict)
    photo = models.CharField(max_length=200, blank=True)
    photos = models.PositiveSmallIntegerField(default=0)
    posted_at = models.DateTimeField()
    tokens_key = models.BigIntegerField(default=0)
    """What `index.key_of` gave for the tokens the card was put into the index with; 0 when nobody knows."""

    class Meta:
        indexes = [
            models.Index(fields=["category"], name="market_card_category"),
            models.Index(fields=["place"], name="market_card_place"),
            models.Index(fields=["price", "-position"], name="market_card_price"),
        ]


class IndexState(models.Model):
    """Which version of its terms the search index was built with, and which it is being rebuilt for (0 for none)."""

    version = models.PositiveIntegerField()
    rebuilding = models.PositiveIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    """The position up to which cards are in the index that is being filled."""


class Import(models.Model):
    """How far a file is imported. Written with each batch, so an interrupted import goes on where it was."""

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=60)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class AdViews(models.Model):
    """How often the page of an ad was looked at on a day, in UTC, by browsers that said so."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ad", "day"], name="market_views_once_a_day")]
