"""The messages room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django; the label `messages` belongs to Django's own notices of a page."""

    name = "ronghe.messages"
    label = "messages_room"
