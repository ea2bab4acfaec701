"""The addresses of the CRM's pages, one line a page."""

from django.urls import path

from fairboard.crm.views import access, activities, deals, fields, forms, layouts, lists, pipelines, records, setup

app_name = "crm"
urlpatterns = [
    path("tasks/", activities.tasks, name="tasks"),
    path("calendar-address/", activities.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", activities.feed, name="feed"),
    path("file/<slug:record_id>/download/", activities.download, name="download"),
    path("meeting/<slug:record_id>/meeting.ics", activities.meeting_file, name="meeting_file"),
    path("lead/<slug:record_id>/convert/", deals.convert, name="convert"),
    path("quote/<slug:record_id>/lines/", deals.quote, name="quote"),
    path("quote/<slug:record_id>/quote.pdf", deals.quote_pdf, name="quote_pdf"),
    path("setup/", setup.home, name="setup"),
    path("setup/passes/<slug:work_id>/", setup.work, name="setup_work"),
    path("setup/profiles/", access.profiles, name="setup_profiles"),
    path("setup/profiles/<slug:profile>/", access.profile, name="setup_profile"),
    path("setup/people/", access.seats, name="setup_seats"),
    path("setup/territories/", access.territories, name="setup_territories"),
    path("setup/objects/<slug:key>/", setup.type_fields, name="setup_type"),
    path("setup/objects/<slug:key>/settings/", setup.type_settings, name="setup_type_settings"),
    path("setup/objects/<slug:key>/record-types/", setup.variants, name="setup_variants"),
    path("setup/objects/<slug:key>/layouts/", layouts.layouts, name="setup_layouts"),
    path("setup/objects/<slug:key>/pipelines/", pipelines.pipelines, name="setup_pipelines"),
    path("setup/objects/<slug:key>/validations/", pipelines.validations, name="setup_validations"),
    path("setup/objects/<slug:key>/check/", fields.check, name="setup_check"),
    path("setup/objects/<slug:key>/fields/new/", fields.new, name="setup_field_new"),
    path("setup/objects/<slug:key>/fields/<slug:field_key>/", fields.edit, name="setup_field"),
    path("setup/objects/<slug:key>/fields/<slug:field_key>/end/", fields.end, name="setup_field_end"),
    path("setup/objects/<slug:key>/fields/<slug:field_key>/type/", fields.retype, name="setup_field_retype"),
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
