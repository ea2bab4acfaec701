"""The REST API: mounts each room's routers under /api/v1. Holds no rule of its own."""
