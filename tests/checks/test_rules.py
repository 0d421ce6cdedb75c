"""Good and bad lines for each rule of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import check_rules as rules

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]


def lines(found: rules.Found) -> list[int]:
    return [line for line, _what in found]


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ("gettext('还剩 %(n)d 天') % {'n': n}", True),
        ("ngettext('%(n)d 件', '%(n)d 件', n) % {'n': n}", True),
        ("gettext('办结率 100%')", True),
        ("gettext(f'还剩 {n} 天')", False),
        ("gettext('还剩 {} 天'.format(n))", False),
        ("gettext('还剩 %(n)d 天' % {'n': n})", False),
        ("gettext('还剩 ' + days)", False),
        ("_('还剩 %d 天') % n", False),
        ("translation.gettext_lazy('已超 %s 天')", False),
    ],
)
def test_a_message_is_one_literal_with_named_placeholders(line, is_good):
    assert lines(rules.whole_message(line)) == ([] if is_good else [1])


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ("title = gettext('待办')", True),
        ("YES = [('是', _('是'))]", True),
        ("format = '%Y年%m月%d日'", True),
        ('def show():\n    """我的待办。"""', True),
        ("title = '待办'", False),
        ("title = f'{n} 件待办'", False),
    ],
)
def test_text_a_face_shows_is_marked(line, is_good):
    assert bool(lines(rules.marked_text(line))) is not is_good


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("try:\n    f()\nexcept KeyError:\n    pass", []),
        ("try:\n    f()\nexcept Exception:  # noqa: BLE001 – the last door: denies and logs\n    deny()", []),
        ("try:\n    f()\nexcept Exception:  # noqa: BLE001\n    pass", [3]),
        ("try:\n    f()\nexcept Exception as error:\n    pass", [3]),
        ("try:\n    f()\nexcept (KeyError, BaseException):\n    pass", [3]),
        ("try:\n    f()\nexcept:\n    pass", [3]),
        ("with suppress(KeyError):\n    f()", []),
        ("with contextlib.suppress(Exception):\n    f()", [1]),
        ("try:\n    f()\nexcept Exception:\n    log.exception('f')", []),
    ],
)
def test_errors_are_caught_by_name(source, expected):
    assert lines(rules.narrow_except(source)) == expected


@pytest.mark.parametrize(
    ("room", "line", "is_good"),
    [
        ("casework", "from ronghe.judgements.domain import ask", True),
        ("casework", "from ronghe.judgements import domain", True),
        ("casework", "from ronghe.casework.models import Case", True),
        ("casework", "from ronghe.ledger.domain import record", True),
        ("casework", "from ronghe.judgements.models import Judgement", False),
        ("casework", "from ronghe.judgements import models", False),
        ("judgements", "import ronghe.casework.queries", False),
        ("stats", "from ronghe.ledger.queries import entries", True),
        ("stats", "from ronghe.casework.domain import close", False),
    ],
)
def test_rooms_have_one_door(room, line, is_good):
    assert lines(rules.own_door(line, room)) == ([] if is_good else [1])


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ("<script src=\"{% static 'dist/desk.js' %}\" defer></script>", True),
        ('<p class="small" data-key="1">{{ note }}</p>', True),
        ("{# <script>an example</script> #}", True),
        ('<link rel="stylesheet" href="a.css">', True),
        ("<script>go()</script>", False),
        ("<style>p { color: red }</style>", False),
        ('<p style="color: red">', False),
        ('<a {% if x %}class="y"{% endif %} onclick="go()">', False),
        ('<form hx-on::after-request="go()">', False),
        ('<a href="javascript:go()">', False),
        ('<p hx-vals="js:{a: 1}">', False),
    ],
)
def test_pages_hold_no_code_of_their_own(line, is_good):
    assert bool(lines(rules.no_inline_code(line))) is not is_good


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<h1>{% translate "待办" %}</h1>', []),
        ("{% blocktranslate trimmed %}\n还剩 {{ n }} 天\n{% endblocktranslate %}", []),
        ("{# 说明 #}{% comment %}说明{% endcomment %}", []),
        ('<img alt="图">', [1]),
        ("<p>\n待办</p>", [2]),
    ],
)
def test_text_of_a_template_is_marked(source, expected):
    assert lines(rules.marked_template(source)) == expected


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ("# why: the law says so", True),
        ("TODAY = date(2026, 1, 1)", True),
        ("# TODO: later", False),
        ("<!-- FIXME -->", False),
    ],
)
def test_nothing_is_left_open(line, is_good):
    assert lines(rules.nothing_left_open(line)) == ([] if is_good else [1])


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ("django==5.2.19 \\", True),
        ("see /srv/else/file", True),
        ("--index-url somewhere", False),
        ('"resolved": "somewhere"', False),
        ("/srv/code/ronghe/file", False),
    ],
)
def test_no_place_is_named(line, is_good):
    assert lines(rules.no_place(line, ("/srv/code/",))) == ([] if is_good else [1])


def test_places_of_a_machine_leave_out_what_is_everywhere():
    assert rules.places_of(Path("/srv/code/ronghe"), Path("/home/somebody")) == (
        "/srv/code/",
        "/home/somebody/",
    )
    assert rules.places_of(Path("/tmp/ronghe"), Path("/")) == ()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("src/ronghe/core/worktime/clock.py", True),
        ("a/utils.py", False),
        ("a/helpers.py", False),
        ("a/services.py", False),
    ],
)
def test_a_module_is_named_for_what_it_holds(name, says):
    assert rules.name_says_something(name) is says


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("from django.utils.translation import gettext\n\nx = gettext(f'{1}')\n", "INT001"),
        ("try:\n    print()\nexcept Exception:\n    print()\n", "BLE001"),
        ("import random\n\nx = random.choice([1])\n", "TID251"),
        ("from datetime import datetime\n\nx = datetime.utcnow()\n", "TID251"),
        ("from . import models\n", "TID252"),
        ("def f():\n    import json\n\n    return json\n", "PLC0415"),
        ("def f(items=[]):\n    return items\n", "B006"),
    ],
)
def test_ruff_refuses_what_the_house_style_forbids(source, code):
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        "--stdin-filename",
        "src/ronghe/casework/x.py",
        "-",
    ]

    done = subprocess.run(command, input=source, capture_output=True, text=True, cwd=ROOT, check=False)

    assert f" {code} " in done.stdout
