"""Forms of the public, and the page for advertisers."""

from django.urls import path

from fairboard.marketing.views import leads

app_name = "leads"
urlpatterns = [
    path("f/<slug:slug>", leads.form, name="form"),
    path("advertise", leads.advertise, name="advertise"),
]
