"""What every test may use: a real database file, members, ads, the moment."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import translation

from fairboard.kit.actors import Actor
from fairboard.safety import photo_index
from tests import order, people
from tests.database import KIND, WORKER, copy_postgresql, copy_sqlite, copy_static
from tests.market.drafts import bicycle

_numbers = itertools.count()
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--of-databases`` leaves out what gives the same answer on every database."""
    parser.addoption("--of-databases", action="store_true", help="leave out tests that do not touch a database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the pure floors where that is asked for; what takes long comes first, so that no worker waits long."""
    if config.getoption("--of-databases"):
        left_out = [item for item in items if order.is_pure(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not order.is_pure(item)]
    if count := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = order.spread(items, count)


@pytest.fixture(scope="session", autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files, mail and static files of this process alone, the latter under their hashed names."""
    folder = tmp_path_factory.mktemp("data")
    settings.MEDIA_ROOT, settings.OUTBOX_DIR = folder / "files", folder / "outbox"
    settings.STATIC_ROOT, settings.CRM_DIR = folder / "static", folder / "crm"
    copy_static(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A copy of an empty market; SQLite in a real file, not in memory: locks and journal as in production."""
    given = settings.DATABASES["default"]
    if KIND == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        copy_sqlite(file)
        given["TEST"] = {**given.get("TEST", {}), "NAME": str(file)}
    else:  # a pool that opens connections by itself may do so while the test database is taken down
        given["OPTIONS"]["pool"]["min_size"] = 0
        name = f"test_{WORKER or 'alone'}"
        copy_postgresql(name)
        given["TEST"] = {**given.get("TEST", {}), "NAME": name}


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The copy is the database under test; it goes with its folder or its server."""
    return True


@pytest.fixture(autouse=True)
def photo_indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Indexes of photos belong to a database, which is empty again with each test: a folder of its own, if needed."""
    settings.INDEX_DIR = settings.MEDIA_ROOT.parent / f"indexes-{next(_numbers)}"
    yield
    photo_index.close()
    shutil.rmtree(settings.INDEX_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    """A page asked for in another language leaves that language to the tests after it; not here."""
    yield
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    """The moment tests happen at."""
    return NOW


@pytest.fixture
def make_member(db: None) -> Callable[..., Actor]:
    """Makes members: ``make_member("anna", role="safety")``."""
    return people.make_member


@pytest.fixture
def seller(make_member: Callable[..., Actor]) -> Actor:
    """A member who sells."""
    return make_member("sam")


@pytest.fixture
def buyer(make_member: Callable[..., Actor]) -> Actor:
    """A member who buys."""
    return make_member("bea")


@pytest.fixture
def moderator(make_member: Callable[..., Actor]) -> Actor:
    """Somebody of the safety desk."""
    return make_member("mod", role="safety")


@pytest.fixture
def lead(make_member: Callable[..., Actor]) -> Actor:
    """The lead of the safety desk, who may see child-safety cases."""
    return make_member("lea", role="safety", grants=["safety_lead", "child_safety"])


@pytest.fixture
def sales(make_member: Callable[..., Actor]) -> Actor:
    """Somebody of sales, without a seat of their own."""
    return make_member("sally", role="sales")


@pytest.fixture
def admin(make_member: Callable[..., Actor]) -> Actor:
    """An administrator."""
    return make_member("ada", role="admin")


@pytest.fixture
def live_ad(seller: Actor, now: datetime) -> Any:
    """A bicycle everybody can see."""
    from fairboard.market.services.posting import submit

    done = submit(actor=seller, draft=bicycle(), at=now)
    assert done.verdict == "allow"
    return done


@pytest.fixture
def signed_in() -> Callable[[Actor], Client]:
    """A browser session of a member."""
    return people.client_of


@pytest.fixture
def outbox() -> list[Any]:
    """Mail sent so far, oldest first."""
    return mail.outbox
