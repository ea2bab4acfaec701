"""The API: one NinjaAPI, each room's router mounted under its name."""

from ninja import NinjaAPI

api = NinjaAPI(title="Fairboard API", version="1.0.0", urls_namespace="api-v1", docs_url=None)
