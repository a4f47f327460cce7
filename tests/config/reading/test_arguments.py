"""Check arguments and config files against the class that they fill."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from jsonargparse import get_loader

from dsrl_agent.config.reading.arguments import (
    named,
    require_arguments,
    require_file,
    require_plain_values,
    with_whole_files,
)
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    """A group.

    Attributes:
        size: Cells a side.
    """

    size: int = 3


@dataclass(frozen=True)
class Options:
    """Options.

    Attributes:
        inner: A group.
        path: A file.
        seed: A seed.
        kind: One of two.
        names: Texts.
        more: Keywords.
    """

    inner: Inner = field(default_factory=Inner)
    path: str | None = None
    seed: int = 0
    kind: Literal["a", "b"] = "a"
    names: list[str] = field(default_factory=list)
    more: dict[str, Any] | None = None


def test_options_are_named_with_their_texts() -> None:
    given = ["run", "--seed=3", "--path", "-", "--on", "--names+", "x", "-h", "--more", "{a: 1}"]
    wanted = [("seed", "3"), ("path", "-"), ("on", None), ("names", "x"), ("more", "{a: 1}")]
    assert list(named(given)) == wanted
    assert list(named(["--last+"])) == [("last", None)]
    assert list(named(["--empty="])) == [("empty", "")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["anything", "--seed", "3", "--inner.size=4", "--kind=b", "--names", "[x, y]"],
        ["--path", "3", "--path=true", "--path"],
        ["--more.deep", "x", "--more.deep.er=1"],  # keys within a mapping
        ["--help", "--config", "a.yaml", "--print_config=skip_default"],
        ["--inner", "{size: 4}", "--more=null"],
    ],
)
def test_good_arguments_pass(arguments: list[str]) -> None:
    require_arguments(Options, arguments, yaml.safe_load)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "x"], "seed is 'x', but it must be a whole number."),
        (["--seed=2.5"], "seed is 2.5, but it must be a whole number."),
        (["--path", "a", "--inner.size=x"], "inner.size is 'x', but it must be a whole number."),
        (["--inner", "3"], "inner is 3, but it must be a mapping of settings."),
        (["--inner.siz=4"], "inner.siz (here '4') is no setting; did you mean inner.size?"),
        (["--see", "3"], "see (here '3') is no setting; did you mean seed?"),
        (["--kind", "c"], "kind is 'c', but it must be one of a, b."),
        (["--names", "x"], "names is 'x', but it must be a list."),
        (["--more", "["], "more is '[', but it must be a mapping, such as '{key: value}'."),
        (["--sede", "3"], "sede (here '3') is no setting; did you mean seed?"),
        (["--inner.sice"], "inner.sice is no setting; did you mean inner.size?"),
        (["--zzzz=1"], "zzzz (here '1') is no setting; see --help for all of them."),
    ],
)
def test_the_first_wrong_argument_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        require_arguments(Options, arguments, yaml.safe_load, "--help")
    assert str(caught.value) == message


def test_a_good_file_passes(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("inner: {size: 4}\npath: null\nmore: {any: {thing: 1}}\n")
    require_file(Options, str(path), yaml.safe_load)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("inner: {size: x}", "inner.size is 'x', but it must be a whole number."),
        ("inner: 3", "inner is 3, but it must be a mapping of settings."),
        ("path: 3", "path is 3, but it must be a text."),
        ("inner: {sice: 3}", "inner.sice (here 3) is no setting; did you mean inner.size?"),
        ("[]", "The config 'own.yaml' holds list, but it must hold settings, one `key: value` a "
         "line; --print_config shows them all."),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        require_file(Options, "own.yaml", yaml.safe_load)
    assert str(caught.value) == message


def test_empty_settings_are_settings_though_the_parser_takes_them_for_text(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    for content in ("inner:\n", "inner:\npath:\n"):
        path.write_text(content)
        with pytest.raises(ConfigError, match="inner is None, but it must be a mapping"):
            require_file(Options, str(path), get_loader("yaml"))
    path.write_text("path:\n")
    require_file(Options, str(path), get_loader("yaml"))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory; give a YAML"):
        require_file(Options, str(tmp_path / "none.yaml"), yaml.safe_load)
    broken = tmp_path / "broken.yaml"
    broken.write_text("seed: [")
    with pytest.raises(ConfigError, match="is no YAML: "):
        require_file(Options, str(broken), yaml.safe_load)
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is no YAML: "):
        require_file(Options, str(broken), yaml.safe_load)


def test_digits_of_other_scripts_are_no_numbers() -> None:
    for given in (["--seed", "\u0661\u0662"], ["--inner.size=\uff13"]):
        with pytest.raises(ConfigError, match="but it must be a whole number"):
            require_plain_values(Options, given)
    with pytest.raises(ConfigError, match="but it must be a whole number"):
        require_plain_values(Options, ["--inner", "{size: \u0663}"])
    require_plain_values(Options, ["--path", "\u0663", "--names", "[\u0663]", "--seed", "12"])


def test_a_file_may_say_1e3_for_a_whole_number(tmp_path: Path) -> None:
    path, load = tmp_path / "own.yaml", get_loader("yaml")
    path.write_text("inner: {size: 2.0}\nseed: 1e3\npath: '1e3'\nmore: {a: 1e3}\n")
    require_file(Options, str(path), load)
    for given in (["--config", str(path), "--seed", "3"], [f"--config={path}", "x"]):
        found = with_whole_files(Options, given, load)
        ((_, content),) = [(name, text) for name, text in named(found) if name == "config"]
        values = {"inner": {"size": 2}, "seed": 1000, "path": "1e3", "more": {"a": 1000.0}}
        assert repr(load(content or "")) == repr(values)
        assert found[-1] == given[-1]
    path.write_text("inner: {size: 2}\nmore: {a: 1e3}\n")
    assert with_whole_files(Options, given, load) == given


@pytest.mark.parametrize("text", ["1.5", "1e-3", "1e400", "'1e3'", "true"])
def test_a_file_with_another_number_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"seed: {text}\n")
    with pytest.raises(ConfigError, match="but it must be a whole number"):
        require_file(Options, str(path), get_loader("yaml"))
