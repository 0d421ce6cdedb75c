"""Addresses of the registers."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.registers import figures, keeping, lists, reading, tables, ties, units

urlpatterns: list[URLPattern] = [
    path("", reading.list_registers, name="registers"),
    path("lists/", lists.show_lists, name="register-lists"),
    path("lists/<slug:code>/", lists.show_list, name="register-list"),
    path("lists/<slug:code>/table/", lists.take_table, name="register-list-table"),
    path("lists/<slug:code>/<int:pk>/", lists.change, name="register-line"),
    path("lists/<slug:code>/<int:pk>/end/", lists.end, name="register-line-end"),
    path("entries/<int:pk>/", reading.show_entry, name="register-entry"),
    path("entries/<int:pk>/files/<int:no>/", reading.fetch_file, name="register-entry-file"),
    path("entries/<int:pk>/change/", keeping.change, name="register-entry-change"),
    path("entries/<int:pk>/confirm/", keeping.confirm, name="register-entry-confirm"),
    path("entries/<int:pk>/end/", keeping.end, name="register-entry-end"),
    path("entries/<int:pk>/relate/", ties.relate, name="register-entry-relate"),
    path("entries/<int:pk>/ties/<int:tie>/end/", ties.unrelate, name="register-entry-unrelate"),
    path("entries/<int:pk>/figures/", figures.record, name="register-entry-figure"),
    path("units/<int:pk>/", units.show_figures, name="unit-figures"),
    path("<slug:code>/", reading.show_register, name="register"),
    path("<slug:code>/new/", keeping.begin, name="register-new"),
    path("<slug:code>/table/", tables.take_table, name="register-table"),
]
