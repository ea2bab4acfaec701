"""The addresses of the CRM's pages, one line a page."""

from django.urls import path

from fairboard.crm.views import duplicates, exports, imports, lists, records

app_name = "crm"
urlpatterns = [
    path("import/", imports.import_list, name="imports"),
    path("import/<slug:import_id>/", imports.import_page, name="import"),
    path("import/<slug:import_id>/<slug:file_id>/refused.csv", imports.import_refused, name="import_refused"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/<slug:export_id>/file", exports.export_file, name="export_file"),
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("duplicates/merge/", duplicates.merge_page, name="merge"),
    path("duplicates/merges/<slug:merge_id>/undo/", duplicates.merge_undone, name="merge_undo"),
    path("<slug:key>/", lists.record_list, name="list"),
    path("<slug:key>/<slug:record_id>/", records.record_page, name="record"),
]
