"""Background work: a task exists exactly when its change does, and a repeated one runs once a turn."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from fairboard.kit import tasks


def waiting() -> list[str]:
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.all()]


def test_a_task_goes_with_its_change(transactional_db: None) -> None:
    def change(*, fails: bool) -> None:
        with transaction.atomic():
            tasks.enqueue("kit.sweep")
            if fails:
                raise ArithmeticError

    change(fails=False)
    with pytest.raises(ArithmeticError):
        change(fails=True)
    assert waiting() == ["kit.sweep"]


def test_a_misspelt_task_is_refused_when_it_is_asked_for(db: None) -> None:
    with pytest.raises(LookupError, match=r"kit\.sweeep"):
        tasks.enqueue("kit.sweeep")
    assert waiting() == []


def test_two_tasks_of_one_name_are_refused() -> None:
    with pytest.raises(RuntimeError, match="kit.sweep"):
        tasks.task("kit.sweep")(lambda: None)


def test_a_repeated_task_is_due_once_until_its_time_comes_again(db: None, now: datetime) -> None:
    assert "kit.sweep" in tasks.run_due(now)
    assert "kit.sweep" not in tasks.run_due(now + timedelta(minutes=59))
    assert "kit.sweep" in tasks.run_due(now + timedelta(minutes=60))
    assert waiting().count("kit.sweep") == 2
