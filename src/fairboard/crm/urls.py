"""The addresses of the CRM's pages, one line a page; literal addresses before those that begin with a type's key."""

from django.urls import path

from fairboard.crm.views import (
    automations,
    boards,
    bulk,
    cell_edit,
    home,
    lists,
    mailboxes,
    records,
    saved,
    search,
    standing,
    timeline,
    webhooks,
)

app_name = "crm"
urlpatterns = [
    path("automations/", automations.automation_list, name="automations"),
    path("automations/<slug:automation_id>/", automations.automation_page, name="automation"),
    path("automations/<slug:automation_id>/edit/", automations.automation_edit, name="automation_edit"),
    path("automations/<slug:automation_id>/rehearsal/", automations.automation_rehearsal, name="automation_rehearsal"),
    path("automation-runs/<slug:run_id>/", automations.automation_run, name="automation_run"),
    path("setup/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("setup/webhooks/<slug:webhook_id>/", webhooks.webhook_page, name="webhook"),
    path("mail-in/", mailboxes.mail_in, name="mail_in"),
    path("signals/", standing.signal_list, name="signals"),
    path("account/<slug:record_id>/standing/", standing.account_standing, name="standing"),
    path("account/<slug:record_id>/knew/", standing.what_we_knew, name="knew"),
    path("timeline/<slug:record_id>/", timeline.timeline_page, name="timeline"),
    path("", home.home_page, name="home"),
    path("search/", search.search_page, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("bin/", bulk.bin_page, name="bin"),
    path("bulk/<slug:bulk_id>/", bulk.bulk_edit, name="bulk"),
    path("views/<slug:view_id>/", saved.one_view, name="view"),
    path("<slug:key>/", lists.record_list, name="list"),
    path("<slug:key>/filter/", lists.build_filter, name="filter"),
    path("<slug:key>/save-view/", saved.save, name="save_view"),
    path("<slug:key>/change-many/", bulk.change_many, name="change_many"),
    path("<slug:key>/move/", boards.move, name="move"),
    path("<slug:key>/<slug:record_id>/cell/<slug:field>/", cell_edit.edit_cell, name="cell"),
    path("<slug:key>/<slug:record_id>/", home.remembered(records.record_page), name="record"),
]
