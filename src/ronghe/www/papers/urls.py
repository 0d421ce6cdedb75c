"""Addresses of papers at the desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.papers import acts, beginning, files, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.list_papers, name="papers"),
    path("begin/", beginning.begin, name="paper-begin"),
    path("case/<path:number>/", beginning.show_for_case, name="case-papers"),
    path("<int:pk>/", views.show_paper, name="paper"),
    path("<int:pk>/edit/", views.edit_paper, name="paper-edit"),
    path("<int:pk>/sign/", acts.sign, name="paper-sign"),
    path("<int:pk>/return/", acts.return_, name="paper-return"),
    path("<int:pk>/withdraw/", acts.withdraw, name="paper-withdraw"),
    path("<int:pk>/docx/", files.download_docx, name="paper-docx"),
    path("<int:pk>/pdf/", files.download_pdf, name="paper-pdf"),
    path("<int:pk>/pdf/state/", files.show_pdf, name="paper-pdf-state"),
]
