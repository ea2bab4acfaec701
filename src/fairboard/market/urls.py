"""Addresses of the market."""

from django.urls import path, re_path

from fairboard.market.views import ads, drafting, lists, mine, posting, sitemaps

app_name = "market"
urlpatterns = [
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/places-<int:part>.xml", sitemaps.places, name="sitemap_places"),
    path("sitemaps/ads-<int:part>.xml", sitemaps.ads, name="sitemap_ads"),
    path("places", lists.places, name="places"),
    path("places/options", lists.place_options, name="place_options"),
    path("search", lists.search_page, name="search"),
    path("in/<path:place>/for/<path:category>/", lists.browse, name="browse_category"),
    path("in/<path:place>/", lists.browse, name="browse"),
    path("ad/<slug:ad_id>", ads.ad, name="ad"),
    path("ad/<slug:ad_id>/history", ads.history, name="history"),
    path("ad/<slug:ad_id>/report", ads.report, name="report"),
    path("ad/<slug:ad_id>/report/<slug:receipt>", ads.report_done, name="report_done"),
    path("ad/<slug:ad_id>/edit", posting.edit, name="edit"),
    path("ad/<slug:ad_id>/posted", posting.posted, name="posted"),
    path("ad/<slug:ad_id>/seen", ads.seen, name="seen"),
    path("ad/<slug:ad_id>/copy", mine.copy, name="copy"),
    path("ad/<slug:ad_id>/sold-to", mine.sold, name="sold"),
    path("seller/<slug:member_id>", ads.seller, name="seller"),
    re_path(r"^ad/(?P<ad_id>[a-z0-9]{1,16})/(?P<action>withdraw|sold|renew|delete)$", mine.act, name="act"),
    path("renew/<str:token>", mine.renew, name="renew"),
    re_path(r"^photo/(?P<photo_id>[a-z0-9]{1,16})/(?P<size>[sml])\.webp$", ads.photo, name="photo"),
    path("post", posting.post, name="post"),
    path("post/save", drafting.save, name="draft_save"),
    path("post/fields", drafting.fields, name="draft_fields"),
    path("post/suggest", drafting.suggest, name="suggest"),
    path("post/values", drafting.values, name="draft_values"),
    path("post/near", drafting.nearest, name="nearest"),
    path("post/photos", drafting.add_photo, name="draft_photo"),
    path("post/photos/<slug:photo_id>/turn", drafting.rotate_photo, name="draft_rotate"),
    path("post/drafts/<slug:draft_id>/discard", drafting.discard, name="draft_discard"),
    path("post/<path:category>", posting.post_form, name="post_form"),
    path("my/ads", mine.mine, name="mine"),
    path("my/ads/several", mine.several, name="several"),
]
