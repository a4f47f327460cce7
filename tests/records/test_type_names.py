"""Names of types: kept in a run, refused where they mislead, and put into text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.records.type_names import NO_NAMES, TypeNames

NAMES = TypeNames({2: "red circle", 3: "key"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("If the type 3 at [1, 2] were of type 2", "If the key at [1, 2] were of type red circle"),
        ("type 2: touching it gives -1.00", "red circle (type 2): touching it gives -1.00"),
        ("touching type 12 when a type 3 is carried", "touching type 12 when a key is carried"),
        ("of a subtype 3", "of a subtype 3"),
        # Columns stay where they are.
        ("type 3   | x", "key      | x"),
        ("type 2   | x", "red cir… | x"),
    ],
)  # fmt: skip
def test_types_are_called_by_their_names(text: str, named: str) -> None:
    assert NAMES.put_into(text) == named
    assert NO_NAMES.put_into(text) == text


def test_a_type_without_a_name_is_called_by_its_number() -> None:
    assert [NAMES.of(number) for number in (2, 5)] == ["red circle", "type 5"]


def test_names_are_kept_in_a_run_and_changed(tmp_path: Path) -> None:
    assert TypeNames.read(tmp_path).of(2) == "type 2"
    NAMES.write(tmp_path)
    NAMES.changed({3: "", 4: "door"}).write(tmp_path)
    found = TypeNames.read(tmp_path)
    assert [found.of(number) for number in (2, 3, 4)] == ["red circle", "type 3", "door"]
    # Text does not look broken after names were put into it twice.
    assert found.put_into(found.put_into("the type 4")) == "the door"


@pytest.mark.parametrize("name", ["", " key", "a\nb", "7", "type 7", "a type 7", "x" * 31])
def test_a_name_that_misleads_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="The name of type 1 is"):
        TypeNames({1: name})


def test_a_name_is_given_once() -> None:
    with pytest.raises(ConfigError, match="'key' is given to types 1 and 3"):
        NAMES.changed({1: "key"})


@pytest.mark.parametrize("text", ["[]", "{", '{"a": "b"}', '{"1": "7"}'])
def test_a_damaged_file_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "names.json").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"names\.json"):
        TypeNames.read(tmp_path)


@given(st.text(max_size=60))
def test_text_without_types_stays_as_it_is(text: str) -> None:
    if "type" not in text:
        assert NAMES.put_into(text) == text


@pytest.mark.parametrize("name", ["-7", "key ", " ", "a\tb"])
def test_blanks_around_a_name_and_negative_numbers_mislead_too(name: str) -> None:
    with pytest.raises(ConfigError, match="The name of type 1 is"):
        TypeNames({1: name})


def test_a_name_has_up_to_thirty_characters() -> None:
    assert TypeNames({1: "x" * 30}).of(1) == "x" * 30


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 7, "aaaaaaa  | x"),
        ("a" * 8, "aaaaaaaa | x"),  # "type 2   " are 9 characters: one blank is left
        ("a" * 9, "aaaaaaa… | x"),
    ],
)
def test_a_name_in_a_column_leaves_a_blank_behind_it(name: str, shown: str) -> None:
    assert TypeNames({2: name}).put_into("type 2   | x") == shown
