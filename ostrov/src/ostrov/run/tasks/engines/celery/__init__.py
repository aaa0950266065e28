"""The celery engine: Celery brings the ids of runs, over RabbitMQ or Redis, and Flower watches."""

from ostrov.run.tasks.engines.celery.engine import CeleryEngine

__all__ = ["CeleryEngine"]
