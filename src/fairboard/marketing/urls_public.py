"""What whoever gets a mail may open."""

from django.urls import path

from fairboard.marketing.views import public

app_name = "mail"
urlpatterns = [
    path("subscribe", public.subscribe, name="subscribe"),
    path("confirm/<str:token>", public.confirm, name="confirm"),
    path("unsubscribe/<str:token>", public.unsubscribe, name="unsubscribe"),
    path("preferences/<str:token>", public.preferences, name="preferences"),
    path("open/<str:token>.gif", public.opened, name="open"),
    path("click/<str:token>", public.clicked, name="click"),
]
