"""The worlds' own commands: `python -m shapes_grid {list, show, gallery, speed}`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from shapes_grid import speed
from shapes_grid.checks import nearest
from shapes_grid.env import ShapesGridEnv
from shapes_grid.gallery import save_gallery
from shapes_grid.ids import IDS

# Worlds that are more to draw or to step than the plain one.
_COSTLY = {
    name: IDS[f"ShapesGrid-{name}-v0"]
    for name in (
        "Noise",
        "Texture",
        "Colours",
        "Sizes",
        "Offsets",
        "Overlap",
        "Shake",
        "Movers",
        "Everything",
        "Heading",
        "KeyDoor",
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 when all went well and 2 on bad input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["speed"]:  # it has options of its own
        return speed.main(given[1:], _COSTLY)
    parser = argparse.ArgumentParser("python -m shapes_grid", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list the registered worlds and what each changes")
    show = commands.add_parser("show", help="print a world's board")
    show.add_argument("name", help="an id, such as ShapesGrid-KeyDoor-v0")
    show.add_argument("--seed", type=int, default=0)
    gallery = commands.add_parser("gallery", help="write a picture of all worlds")
    gallery.add_argument("path", type=Path, help="the picture to write, such as worlds.png")
    gallery.add_argument("--seed", type=int, default=0)
    commands.add_parser("speed", help="measure steps per second beside a peer and the limit")
    options = parser.parse_args(given)
    try:
        if options.command == "list":
            width = max(map(len, IDS))
            lines = [f"{name:<{width}}  {_changes(name)}" for name in IDS]
            sys.stdout.write("\n".join(lines) + "\n")
        elif options.command == "show":
            sys.stdout.write(_board(options.name, options.seed) + "\n")
        else:
            save_gallery(options.path, list(IDS), options.seed)
            sys.stdout.write(f"Wrote {options.path}\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"shapes_grid: {error}\n")
        return 2
    return 0


def _changes(name: str) -> str:
    return ", ".join(f"{field}={value!r}" for field, value in IDS[name].items()) or "the defaults"


def _board(name: str, seed: int) -> str:
    if name not in IDS:
        raise ValueError(f"The world is {name!r}, but it must be a known id{nearest(name, IDS)}.")
    env = ShapesGridEnv(render_mode="ansi", **IDS[name])
    env.reset(seed=seed)
    return str(env.render())


if __name__ == "__main__":
    sys.exit(main())
