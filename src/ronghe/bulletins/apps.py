"""The bulletins room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django."""

    name = "ronghe.bulletins"
