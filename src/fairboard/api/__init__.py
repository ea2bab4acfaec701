"""The REST API: mounts each room's routers under /api/v1. Holds no rule of its own."""

import fairboard.kit.schemas  # noqa: F401, before the shapes of any room
