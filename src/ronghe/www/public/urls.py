"""Addresses open to everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.public import answers, board, promised
from ronghe.www.registers import public as registers

urlpatterns: list[URLPattern] = [
    path("units/", board.show, name="public-units"),
    path("units/units.csv", board.download, name="public-units-csv"),
    path("units/<str:code>/", board.show_unit, name="public-unit"),
    path("answers/", answers.show_answers, name="public-answers"),
    path("answers/<int:pk>/", answers.show_answer, name="public-answer"),
    path("deeds/", promised.show_deeds, name="public-deeds"),
    path("calls/", promised.show_calls, name="public-calls"),
    path("registers/", registers.list_registers, name="public-registers"),
    path("registers/<slug:code>/", registers.show_register, name="public-register"),
    path("registers/<slug:code>/<int:pk>/", registers.show_entry, name="public-entry"),
]
