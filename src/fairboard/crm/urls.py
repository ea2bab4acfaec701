"""The addresses of the CRM's pages, one line a page."""

from django.urls import path

from fairboard.crm.views import lists, records

app_name = "crm"
urlpatterns = [
    path("<slug:key>/", lists.record_list, name="list"),
    path("<slug:key>/<slug:record_id>/", records.record_page, name="record"),
]
