"""Generated ads have every attribute their category asks for, and none it does not know."""

import pytest

from fairboard.demo.generate import ads
from fairboard.market.services.drafts import check

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [5, 98])
def test_every_generated_ad_could_be_posted(seed: int) -> None:
    for one in ads(seed=seed, count=1_500):
        check(one.draft)
