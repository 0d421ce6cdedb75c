"""The ways by which messages leave. `RONGHE_TRANSPORT` lists those in force; one small module each."""

from ronghe.messages.transports.parcels import Parcel, TestTransport, Transport
from ronghe.messages.transports.registry import TRANSPORTS, chosen, in_force

__all__ = ["TRANSPORTS", "Parcel", "TestTransport", "Transport", "chosen", "in_force"]
