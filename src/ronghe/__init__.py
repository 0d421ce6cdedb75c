"""Ronghe (融合): the working platform of a city's 市直机关工委 and of everyone it works with."""

__version__ = "0.1.0"
