"""The activities room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django, its things with the notation, and its maker with what gives."""

    name = "ronghe.activities"

    def ready(self) -> None:
        from ronghe.activities.domain.making import plan_given  # noqa: PLC0415 - models are ready only now
        from ronghe.activities.queries.things import KEEPER  # noqa: PLC0415
        from ronghe.casework.domain.giving import MAKERS  # noqa: PLC0415
        from ronghe.definitions.things import KEEPERS  # noqa: PLC0415

        KEEPERS["activity"] = KEEPER
        MAKERS["activity"] = plan_given
