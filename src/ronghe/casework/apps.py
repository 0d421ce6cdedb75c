"""The casework room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.casework"
    label = "casework"

    def ready(self) -> None:
        """Answer for cases as things, change them when something says so, keep the lives of organisations."""
        from ronghe.casework.domain import lives, things  # noqa: PLC0415 - models are ready only now

        things.register()
        lives.register()
