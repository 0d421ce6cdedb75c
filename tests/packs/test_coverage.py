"""Every mechanism of the engines that are complete is a definition, or the page says why it is only text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ronghe.management.mechanisms import Mechanism, coverage

ENGINES = {
    "组织、岗位、账号": "1-9 12 18-24 112",
    "队伍、岗位、专员": "33 63 73-81 83-94 96-100 102-106 109 117 214 220-221 339",
    "办件": "11 14 51 82 95 107 110 113-115 120-121 126-127 131-132 134-135 140-141 143-144 146 149 151-152 155-157"
    " 159-161 163-164 167 169 171 173 175-178 184 186-188 190-193 201 208-209 212-213 215 224 230 237-238 246 254-255"
    " 257 311 326-327",
    "清单、经常任务": "10 13 15-17 25 27 29-31 34-35 38 43 48-49 60 108 166 185 189 228 236 239-240 242-243 248 250 258"
    " 302-305 322 324 334 353-358 365",
    "活动": "36-37 39-42 44-47 50 52-58 61-62 64-71 118-119 122-125 137-139 150 154 158 181-183 202 218 223 225 235"
    " 251-252 313-317 325 349-352",
    "台账": "72 111 145 147-148 162 165 168 170 172 179 194-196 199-200 203 206 217 231-232 234 245 247 253 256 281"
    " 318-321 328-331 361",
    "结对、联动": "153 198 204-205 210-211 222 249 335-338 340-342 360",
    "只是名称": "28 32 59 174 197 207 229 233 297 359 362 364 366",
}


@pytest.fixture(scope="module")
def rows() -> dict[str, Mechanism]:
    return {row.id: row for row in coverage()}


def numbers(text: str) -> Iterator[str]:
    """`1-3 12` as S-001, S-002, S-003, S-012."""
    for part in text.split():
        first, _, last = part.partition("-")
        yield from (f"S-{number:03}" for number in range(int(first), int(last or first) + 1))


def is_settled(row: Mechanism) -> bool:
    return bool(row.definitions) or bool(row.text_only)


@pytest.mark.unit
@pytest.mark.parametrize("engine", ENGINES)
def test_every_mechanism_of_a_complete_engine_is_written_or_says_why_not(
    rows: dict[str, Mechanism], engine: str
) -> None:
    assert [number for number in numbers(ENGINES[engine]) if not is_settled(rows[number])] == []


@pytest.mark.unit
def test_all_mechanisms_of_the_sources_have_a_row(rows: dict[str, Mechanism]) -> None:
    assert list(rows) == [f"S-{number:03}" for number in range(1, 367)]


@pytest.mark.unit
def test_nothing_is_both_written_and_only_text(rows: dict[str, Mechanism]) -> None:
    assert [row.id for row in rows.values() if row.definitions and row.text_only] == []
