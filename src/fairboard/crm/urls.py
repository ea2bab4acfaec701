"""The addresses of the CRM's pages, one line a page."""

from django.urls import path

from fairboard.crm.views import activities, forms, lists, records

app_name = "crm"
urlpatterns = [
    path("tasks/", activities.tasks, name="tasks"),
    path("calendar-address/", activities.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", activities.feed, name="feed"),
    path("file/<slug:record_id>/download/", activities.download, name="download"),
    path("meeting/<slug:record_id>/meeting.ics", activities.meeting_file, name="meeting_file"),
    path("<slug:key>/new/", forms.create, name="create"),
    path("<slug:key>/pick/<slug:field_key>/", forms.pick, name="pick"),
    path("<slug:key>/<slug:record_id>/edit/", forms.edit, name="edit"),
    path("<slug:key>/<slug:record_id>/changes/", records.changes, name="changes"),
    path("<slug:key>/<slug:record_id>/stage/", records.stage, name="stage"),
    path("<slug:key>/<slug:record_id>/log/", records.log, name="log"),
    path("<slug:key>/<slug:record_id>/owner/", records.own, name="own"),
    path("<slug:key>/<slug:record_id>/share/", records.share, name="share"),
    path("<slug:key>/<slug:record_id>/done/", records.done, name="done"),
    path("<slug:key>/<slug:record_id>/delete/", records.delete, name="delete"),
    path("<slug:key>/<slug:record_id>/restore/", records.restore, name="restore"),
    path("<slug:key>/", lists.record_list, name="list"),
    path("<slug:key>/<slug:record_id>/", records.record_page, name="record"),
]
