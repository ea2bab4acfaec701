"""Addresses of the marketing console."""

from django.urls import path

from fairboard.marketing.views import consents, health, mailings, suppressions, templates

app_name = "marketing"
urlpatterns = [
    path("", mailings.mailing_list, name="mailings"),
    path("mailings/new", mailings.edit, name="mailing_new"),
    path("mailings/<slug:mailing_id>", mailings.mailing, name="mailing"),
    path("mailings/<slug:mailing_id>/edit", mailings.edit, name="mailing_edit"),
    path("mailings/<slug:mailing_id>/act", mailings.act, name="mailing_act"),
    path("mailings/<slug:mailing_id>/check", mailings.check, name="mailing_check"),
    path("mailings/<slug:mailing_id>/recipients", mailings.recipients, name="mailing_recipients"),
    path("templates", templates.template_list, name="templates"),
    path("templates/<slug:template_id>", templates.template, name="template"),
    path("templates/<slug:template_id>/archive", templates.archive, name="template_archive"),
    path("templates/<slug:template_id>/preview", templates.preview, name="template_preview"),
    path("consents", consents.consent_list, name="consents"),
    path("topics", consents.topics, name="topics"),
    path("suppressions", suppressions.suppression_list, name="suppressions"),
    path("suppressions/import", suppressions.bring_in, name="suppressions_import"),
    path("suppressions/export", suppressions.export, name="suppressions_export"),
    path("suppressions/<slug:suppression_id>/lift", suppressions.lift, name="suppression_lift"),
    path("deliverability", health.health, name="deliverability"),
    path("sink/", health.sink_list, name="sink"),
    path("sink/<int:number>", health.sink_mail, name="sink_mail"),
    path("sink/<int:number>/body", health.sink_body, name="sink_body"),
]
