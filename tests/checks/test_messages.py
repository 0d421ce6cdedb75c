from __future__ import annotations

import shutil

import pytest

from scripts import check_messages as messages

pytestmark = pytest.mark.unit

CATALOGUE = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgid "待办"
msgstr "To do"

#, fuzzy
msgid "转办"
msgstr "Transfer"

msgid ""
"还剩 %(n)d 天，"
"请说明\n"
msgstr ""
"""


def test_the_ids_of_a_catalogue_are_read_whole():
    assert messages.message_ids(CATALOGUE) == ["待办", "转办", "还剩 %(n)d 天，请说明\n"]


@pytest.mark.skipif(shutil.which("msgattrib") is None, reason="gettext is not installed")
def test_what_is_missing_and_what_is_fuzzy_are_told_apart(tmp_path):
    catalogue = tmp_path / "django.po"
    catalogue.write_text(CATALOGUE, encoding="utf-8")

    assert messages.lacking(catalogue, "--untranslated") == ["还剩 %(n)d 天，请说明\n"]
    assert messages.lacking(catalogue, "--only-fuzzy") == ["转办"]
