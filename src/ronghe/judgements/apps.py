"""The judgements room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.judgements"
    label = "judgements"

    def ready(self) -> None:
        """Answer for judgements as things, ask for those that something gives, erase what was found with the thing."""
        from ronghe.judgements.domain import erasing, things  # noqa: PLC0415 - models are ready only now

        things.register()
        erasing.register()
