"""YAML of which every part means one thing."""

from __future__ import annotations

import pytest
import yaml

from dsrl_agent.config.reading.strict_yaml import read_yaml


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
