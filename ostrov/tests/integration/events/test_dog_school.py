"""The talk's Dog School, word for word, in the project's database."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError

from ostrov import Aggregate, Application, Connection, event
from ostrov.testing import running


# fmt: off
class Dog(Aggregate):
    @event('Registered')
    def __init__(self, name):
        self.name = name
        self.tricks = []

    @event('TrickAdded')
    def add_trick(self, trick):
        self.tricks.append(trick)


class DogSchool(Application):
    def register_dog(self, name):
        dog = Dog(name)
        self.save(dog)
        return dog.id

    def add_trick(self, dog_id, trick):
        dog = self.repository.get(dog_id)
        dog.add_trick(trick=trick)
        self.save(dog)

    def get_dog(self, dog_id):
        dog = self.repository.get(dog_id)
        return {
            'name': dog.name,
            'tricks': tuple(dog.tricks)
        }
# fmt: on


async def test_the_dog_school_of_the_talk_runs_unchanged(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database):
        application = DogSchool()

        dog_id = application.register_dog(name="Fido")
        application.add_trick(dog_id, trick="roll over")
        application.add_trick(dog_id, trick="fetch ball")
        dog_details = application.get_dog(dog_id)
        assert dog_details["name"] == "Fido"
        assert dog_details["tricks"] == ("roll over", "fetch ball")

        notifications = application.notification_log.select(start=1, limit=10)
        assert len(notifications) == 3
        assert notifications[0].id == 1


async def test_each_application_has_a_log_of_its_own(tmp_path: Path, database: list[str]) -> None:
    class CatSchool(DogSchool):
        pass

    async with running(tmp_path, overrides=database):
        dogs, cats = DogSchool(), CatSchool()
        dogs.register_dog("Fido")
        cats.register_dog("Murka")
        assert [n.id for n in cats.notification_log.select(start=1, limit=10)] == [1]
        assert cats.recorder.max_notification_id() == 1


async def test_an_aggregate_changed_by_somebody_else_is_not_overwritten(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database):
        school = DogSchool()
        dog_id = school.register_dog("Fido")
        first, second = school.repository.get(dog_id), school.repository.get(dog_id)
        first.add_trick("sit")
        second.add_trick("lie")
        school.save(first)
        with pytest.raises(IntegrityError):
            school.save(second)
        assert school.get_dog(dog_id)["tricks"] == ("sit",)


async def test_an_aggregate_can_be_saved_in_the_callers_transaction(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database) as application:
        school = DogSchool()

        def fails(connection: Connection) -> None:
            school.save(Dog("Fido"), connection=connection)
            raise RuntimeError("the school is closed")

        with pytest.raises(RuntimeError):
            await application.store.write(fails)
        assert school.notification_log.select(start=1, limit=10) == []


async def test_snapshots_are_kept_beside_the_events(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database):
        school = DogSchool(env={"IS_SNAPSHOTTING_ENABLED": "y"})
        dog_id = school.register_dog("Fido")
        school.add_trick(dog_id, "sit")
        school.take_snapshot(dog_id)
        school.add_trick(dog_id, "lie")
        assert school.get_dog(dog_id)["tricks"] == ("sit", "lie")
        assert school.snapshots is not None
        assert [snapshot.originator_version for snapshot in school.snapshots.get(dog_id)] == [2]


async def test_a_subscription_sees_what_comes_after_it(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database):
        school = DogSchool()
        school.register_dog("Fido")
        topics: list[Any] = []
        with school.recorder.subscribe(gt=0) as subscription:

            def read() -> None:
                topics.extend(next(subscription).id for _ in range(3))

            reader = threading.Thread(target=read)
            reader.start()
            school.register_dog("Sharik")
            school.register_dog("Tuzik")
            reader.join(20)
        assert topics == [1, 2, 3]
