"""YAML of which every part means one thing."""

from __future__ import annotations

import pytest
import yaml

from dsrl_agent.config.reading.strict_yaml import read_yaml, yaml_of


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2", "the key 'a' stands twice"),
        ("x: {b: 1, 'b': 2}", "the key 'b' stands twice"),
        ("a: &a\n  b: *a", r"the alias \*a stands within what it names"),
        ("a: &a [1, [*a]]", r"the alias \*a stands within"),
        ("a: " + "9" * 5000, "a number of 5000 characters is too long"),
        ("seed: 010", "010 is read as another number; write that, or quote"),
        ("seed: 1:30", "1:30 is read as another number"),
        ("[" * 5000, "nested|nesting"),
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: [1", "expected"),
    ],
)
def test_what_has_no_one_meaning_is_refused(text: str, fault: str) -> None:
    with pytest.raises(yaml.YAMLError, match=fault):
        read_yaml(text)


def test_the_rest_is_read_as_ever() -> None:
    text = "a: &a {b: 1, c: [x, 2.5]}\nd: *a\ne: {<<: *a, b: 2}\nf: null\ni: 0x10\ng: 0\nh: -12\n"
    assert read_yaml(text) == yaml.safe_load(text)


def test_a_power_of_ten_needs_no_point() -> None:
    found = read_yaml("a: 1e3\nb: 1e-3\nc: '1e3'\nd: 1E+2\ne: 1e3x\n")
    assert found == {"a": 1000.0, "b": 0.001, "c": "1e3", "d": 100.0, "e": "1e3x"}


def test_plain_values_are_written_in_one_line() -> None:
    values = {"b": ["x" * 200, 1e-05], "a": {"t": "1e3", "n": None}, "i": float("inf")}
    assert "\n" not in yaml_of(values)
    assert read_yaml(yaml_of(values)) == values
