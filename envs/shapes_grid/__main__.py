"""List, show and draw the registered worlds: `python -m shapes_grid {list, show, gallery}`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from shapes_grid.checks import nearest
from shapes_grid.drawing.canvas import Frame
from shapes_grid.drawing.gallery import save_gallery
from shapes_grid.env import ShapesGridEnv
from shapes_grid.ids import IDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 on success and 2 on bad input."""
    parser = argparse.ArgumentParser("python -m shapes_grid", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list the registered worlds and what each changes")
    show = commands.add_parser("show", help="print a world's board")
    show.add_argument("name", help="an id, such as ShapesGrid-KeyDoor-v0")
    show.add_argument("--seed", type=int, default=0)
    gallery = commands.add_parser("gallery", help="write a picture of all worlds")
    gallery.add_argument("path", type=Path, help="the picture to write, such as worlds.png")
    gallery.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            width = max(map(len, IDS))
            lines = [f"{name:<{width}}  {_changes(name)}" for name in IDS]
            sys.stdout.write("\n".join(lines) + "\n")
        elif options.command == "show":
            sys.stdout.write(_board(options.name, options.seed) + "\n")
        else:
            save_gallery(options.path, _first_frames(options.seed))
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


def _first_frames(seed: int) -> dict[str, Frame]:
    frames = {name: ShapesGridEnv(**fields).reset(seed=seed)[0] for name, fields in IDS.items()}
    return {name.removeprefix("ShapesGrid-"): frame for name, frame in frames.items()}


if __name__ == "__main__":
    sys.exit(main())
