"""A case of child safety to test with: an ordinary bicycle, marked; nothing in it shows or says anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.safety.cybertip.fake import FakeTipline
from fairboard.safety.models import Case
from tests.market.drafts import hidden_number
from tests.market.photos import jpeg

USER, PASSWORD = "drill", "drill-password"


def child_case(seller: Actor, now: datetime, *, photos: int = 2, known: bool = True) -> Case:
    """A held ad with photos, whose case somebody found to be one of child safety."""
    colours = ("teal", "plum", "gold")[:photos]
    shown = [add_photo(actor=seller, raw=jpeg(colour=colour), at=now).id for colour in colours]
    done = submit(actor=seller, draft=hidden_number(photos=shown), at=now)
    Case.objects.filter(subject_id=done.ad_id).update(
        is_child=True, queue="child", policy="child-safety", known_at=now if known else None
    )
    return Case.objects.get(subject_id=done.ad_id)


@contextmanager
def tipline(folder: Path, **options: Any) -> Iterator[FakeTipline]:
    """A fake CyberTipline at a free port."""
    server = FakeTipline(("127.0.0.1", 0), folder, user=USER, password=PASSWORD, **options)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
