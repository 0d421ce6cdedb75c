"""The organisations room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Answer for organisations, posts and relationships as things."""
        from ronghe.organisations.queries import things  # noqa: PLC0415 - models are ready only now

        things.register()
