"""Every address of the product, room by room."""

from django.urls import include, path

from fairboard.api.root import api

urlpatterns = [
    path("", include("fairboard.web.urls")),
    path("", include("fairboard.market.urls")),
    path("", include("fairboard.safety.urls_public")),
    path("", include("fairboard.safety.urls_redress")),
    path("account/", include("fairboard.people.urls")),
    path("desk/", include("fairboard.safety.urls")),
    path("messages/", include("fairboard.talk.urls")),
    path("crm/", include("fairboard.crm.urls")),
    path("marketing/", include("fairboard.marketing.urls")),
    path("mail/", include("fairboard.marketing.urls_public")),
    path("", include("fairboard.marketing.urls_leads")),
    path("api/v1/", api.urls),
    path("api/auth/", include("fairboard.people.urls_auth")),
]
handler400 = "fairboard.web.errors.bad_request"
handler403 = "fairboard.web.errors.forbidden"
handler404 = "fairboard.web.errors.not_found"
handler500 = "fairboard.web.errors.server_error"
