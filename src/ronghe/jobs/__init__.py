"""The background work of an installation: when each kind was last done, what troubles it, who takes care."""
