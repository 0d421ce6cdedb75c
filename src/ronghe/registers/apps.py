"""The registers room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django."""

    name = "ronghe.registers"

    def ready(self) -> None:
        """Answer for entries as things, and make those that something gives."""
        from ronghe.registers.domain import giving  # noqa: PLC0415 - models are ready only now
        from ronghe.registers.queries import things  # noqa: PLC0415

        things.register()
        giving.register()
