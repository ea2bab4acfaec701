"""The addresses of the CRM's pages, one line a page."""

from django.urls import path

from fairboard.crm.views import lists, mailboxes, records, standing, timeline

app_name = "crm"
urlpatterns = [
    path("mail-in/", mailboxes.mail_in, name="mail_in"),
    path("signals/", standing.signal_list, name="signals"),
    path("account/<slug:record_id>/standing/", standing.account_standing, name="standing"),
    path("account/<slug:record_id>/knew/", standing.what_we_knew, name="knew"),
    path("timeline/<slug:record_id>/", timeline.timeline_page, name="timeline"),
    path("<slug:key>/", lists.record_list, name="list"),
    path("<slug:key>/<slug:record_id>/", records.record_page, name="record"),
]
