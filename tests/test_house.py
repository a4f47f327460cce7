"""The structure of the package: sizes, names, sentinels, tests beside their modules.

Import contracts stand in pyproject.toml; `.ci/run` checks them with `lint-imports`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import dsrl_agent

PACKAGE = Path(dsrl_agent.__file__).parent
TESTS = Path(__file__).parent
SENTINELS = {"EMPTY", "UNKNOWN", "FREE", "EDGE", "KEPT", "HELD", "GOING"}
# Private numbers that decide nothing of what is seen or believed, by module.
BOUNDS = {  # of memory and time
    ("agent/learning.py", "_NEVER"),
    ("perception/cells.py", "_BATCH"),
    ("perception/motion/egomotion.py", "_BATCH"),
    ("perception/motion/evidence.py", "_CELLS"),
    ("perception/motion/grid_from_motion.py", "_BATCH"),
    ("perception/motion/grid_from_motion.py", "_MEDIAN_FRAMES"),
    ("perception/motion/grid_from_motion.py", "_SAMPLE"),
    ("perception/motion/stabilisation.py", "_SPARSE"),
    ("perception/off_grid/blobs.py", "_BATCH"),
    ("perception/stills/scales/interpolated.py", "_BLOCK"),
    ("perception/stills/scales/interpolated.py", "_CUTS"),
    ("perception/stills/scales/interpolated.py", "_FEW_CUTS"),
    ("perception/stills/scales/interpolated.py", "_MOST_COLUMNS"),
    ("perception/stills/scales/interpolated.py", "_SPREAD"),
    ("perception/things/evidence/background.py", "_BATCH"),
    ("perception/things/evidence/background.py", "_FRAMES"),
    ("perception/things/evidence/recentring.py", "_ENTERED"),
    ("perception/things/learning.py", "_LOSS_FRAMES"),
    ("perception/off_grid/matching_pursuit.py", "_BATCH"),
    ("perception/perception.py", "_PIXELS"),
    ("perception/tiling/hashing.py", "_VALUES"),
    ("perception/tiling/lines.py", "_LOOKED_AGAIN"),
    ("symbols/codebook.py", "_VALUES"),
}
CONVERSIONS = {  # of units and data types, and the geometry of networks
    ("perception/stills/scales/repeated.py", "_STARTS"),
    ("perception/tiling/description.py", "_COUNT_BITS"),
    ("perception/tiling/description.py", "_PLACE_FACTOR"),
    ("perception/tiling/hashing.py", "_COLUMN_BASE"),
    ("perception/tiling/hashing.py", "_ROW_BASE"),
    ("perception/tiling/lines.py", "_ORIGIN_BITS"),
    ("perception/tiling/noise.py", "_ONE_SIGMA"),
    ("symbols/deviation.py", "_MAD_TO_SIGMA"),
    ("symbols/merging.py", "_RESOLUTION"),
    ("symbols/online.py", "_ADDED_WEIGHT"),
}
ROUNDING = {
    ("front_end/relations.py", "ROUNDING"),
    ("front_end/rules/beliefs/belief.py", "_SAME"),
    ("front_end/rules/beliefs/rewards.py", "_DIGITS"),
    ("front_end/rules/planning/search.py", "_SAME"),
    ("front_end/tabular/walks/dyna.py", "_REWARDED"),
    ("perception/stills/scales/interpolated.py", "_RIDGE"),
    ("perception/stills/scales/interpolated.py", "_ROUNDED"),
    ("perception/stills/scales/repeated.py", "_TIE"),
    ("perception/stills/scales/whole_cells.py", "_CUT"),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def names(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path in modules():
        if not folders or path.relative_to(PACKAGE).parts[0] in folders:
            yield names(path), ast.parse(path.read_text(encoding="utf-8"))


def test_the_package_has_at_most_20_entries_and_each_folder_at_most_12_files() -> None:
    top = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(top) <= 20
    for folder in {path.parent for path in modules()} - {PACKAGE}:
        if folder.name != "studies":
            assert len([path for path in folder.iterdir() if path.is_file()]) <= 12, folder


@pytest.mark.parametrize("path", modules(), ids=names)
def test_a_module_has_at_most_350_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.parametrize("path", modules(), ids=names)
def test_the_first_line_of_a_module_says_what_it_does(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said is not None
    first = said.splitlines()[0]
    assert len(first) <= 97
    assert not re.match(r"(What|Which|Whether|Where|How|Who|When|Why)\b", first)


def test_no_class_has_the_name_of_another() -> None:
    found = Counter(
        node.name.lstrip("_")
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    assert {name: count for name, count in found.items() if count > 1} == {}


def test_sentinels_are_defined_in_types_alone() -> None:
    defined = {
        (module, target.id)
        for module, tree in trees()
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in SENTINELS
    }
    assert defined == {("types.py", name) for name in SENTINELS}


def test_nobody_asks_which_front_end_it_is_outside_front_end() -> None:
    classes = {
        node.name
        for _, tree in trees("front_end")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    asked = [
        (module, node.lineno)
        for module, tree in trees()
        if not module.startswith("front_end")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and {n.id for n in ast.walk(node.args[1]) if isinstance(n, ast.Name)} & classes
    ]
    assert asked == []
    compared = [
        (names(path), line)
        for path in modules()
        if not names(path).startswith("front_end")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"front_end\.kind\s*(==|!=|in\b)", line)
    ]
    assert compared == []


def test_perception_symbols_and_front_ends_have_no_private_thresholds() -> None:
    found = {
        (module, name)
        for module, tree in trees("perception", "symbols", "front_end", "agent")
        for node in tree.body
        for name, value in _assigned(node)
        if _is_number(value)
    }
    assert found == BOUNDS | CONVERSIONS | ROUNDING


def test_perception_is_one_object() -> None:
    text = (PACKAGE / "perception" / "perception.py").read_text(encoding="utf-8")
    (perception,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == "Perception"
    )
    assert perception.end_lineno is not None
    assert perception.end_lineno - perception.lineno < 220
    assert "isinstance" not in text


def test_statistics_load_neither_torch_nor_the_agent() -> None:
    asked = (
        "import sys, dsrl_agent.experiments.analysis.statistics\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'torch'\n"
        "       or m.startswith(('dsrl_agent.agent', 'dsrl_agent.perception'))])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if path.name not in ("__init__.py", "__main__.py")],
    ids=names,
)
def test_a_module_is_imported_by_a_test_of_its_own(path: Path) -> None:
    inside = path.relative_to(PACKAGE)
    test = TESTS / inside.parent / f"test_{inside.name}"
    assert test.is_file(), f"{test} is missing"
    module = ".".join(("dsrl_agent", *inside.with_suffix("").parts))
    package = module.rpartition(".")[0]
    text = test.read_text(encoding="utf-8")
    imports = rf"(from|import) ({re.escape(module)}|{re.escape(package)})\b"
    assert re.search(imports, text), f"{test} does not import {module}"


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_is_number(part) for part in node.elts)
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
