from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.api"
    label = "api"
