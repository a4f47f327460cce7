"""`dsrl study speed`: time fits to convergence, frames a second to facts, and each stage.

CPU seconds of one thread depend on the machine. Their ratios to a plain convolution of as many
multiplications, taken in turns in the same run, hardly do. On a GPU seconds are wall seconds, and
the clock waits for all work that was queued.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.back_end import BackEnd, choose_device, device_name
from dsrl_agent.back_end.losses import negative_elbo
from dsrl_agent.config import AgentConfig, PerceptionConfig
from dsrl_agent.experiments.report.figure import PALETTE
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.autoencoder_training import floor
from dsrl_agent.experiments.studies.options import SpeedOptions
from dsrl_agent.experiments.studies.page import Page, study_folder
from dsrl_agent.experiments.timing.clock import Clock, Samples, clock_of, time_in_turns
from dsrl_agent.perception.cell_sight import CellSight
from dsrl_agent.perception.perception import Perception
from dsrl_agent.perception.protocol import PerceptionProtocol
from dsrl_agent.records import RunFolder
from dsrl_agent.symbols import facts_of
from dsrl_agent.types import Floats32, Frame

_ENV = "shapes_grid:ShapesGrid-v0"  # the base rung
_LIFE = 200  # training steps of the agent whose frames and perception are timed; all are remembered
_BATCH = 64  # frames turned into facts at once
_HELD_OUT = 32  # frames that are left out of the fit
_EVERY = 25  # steps between two losses on the held-out frames
_CONVERGED = 1.01  # a fit has converged within this factor of the lowest loss of a longer fit
_CHANNELS, _KERNEL = 16, 3  # of the plain convolution

Task = Callable[[], object]


class Curve(NamedTuple):
    """The learning curve of a fit: gradient steps and seconds of the fit before each loss."""

    steps: list[int]
    seconds: list[float]
    losses: list[float]  # -ELBO of the held-out frames in nats per frame

    def converged(self, best: float) -> int | None:
        """Return the index of the first loss within 1 % of the best, or `None`."""
        return next((i for i, x in enumerate(self.losses) if x <= _CONVERGED * best), None)


def study(options: SpeedOptions) -> str:
    """Time fits and facts; return the text of the page and the path of its file."""
    # The times are those of a network that encodes cells.
    config = AgentConfig(PerceptionConfig(sight="cells"), options.back_end)
    clock, unit = clock_of(choose_device(options.device))
    agent = DSRL(_ENV, config, seed=options.seed, device=options.device)
    agent.learn(_LIFE)
    frames = agent.frames().after
    assert isinstance(agent.perception, Perception)
    sight = agent.perception.sight
    assert isinstance(sight, CellSight)
    images = sight.reader.images(frames, sight.grid)
    with study_folder("speed", options, options.seed) as folder:
        page = Page(folder, "Speed")
        page.say(f"On: {device_name(options.device)}.")
        seeds = range(options.seed, options.seed + options.seeds)
        new = [BackEnd(3, options.back_end, seed, options.device) for seed in (*seeds, *seeds)]
        curves = [_curve(images, each, clock, 1) for each in new[: options.seeds]]
        longer = [_curve(images, each, clock, options.longer) for each in new[options.seeds :]]
        _say_fit(page, folder, unit, curves, longer, floor(images[-_HELD_OUT:]))
        caption = f"Held-out -ELBO over {unit} seconds, a line for each seed; pale: the longer fit."
        page.show("fit", caption, _figure(unit, curves, longer))
        tasks = _steps(BackEnd(3, options.back_end, options.seed, options.device), images)
        timed = time_in_turns(tasks, options.repeats, clock)
        page.say(_rates(folder, unit, "A gradient step", timed, "training"))
        tasks = _sights(agent.perception, sight, frames[:_BATCH])
        timed = time_in_turns(tasks, options.repeats, clock)
        page.say(_rates(folder, unit, f"{_BATCH} frames at once", timed, "sight"))
        return page.write()


def macs(network: nn.Module, run: Task) -> int:
    """Return the number of multiplications in the convolutions of a network during a run."""
    total = 0

    def count(module: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        nonlocal total
        weights = module.get_parameter("weight").numel()
        # A convolution uses its weights at each output place, a transposed one at each input place.
        places = made if isinstance(module, nn.Conv2d) else given[0]
        total += weights * places.shape[0] * places.shape[2] * places.shape[3]

    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, kinds)]
    run()
    for hook in hooks:
        hook.remove()
    return total


def plain_convolution(
    multiplications: int, batch: int, device: torch.device
) -> tuple[nn.Module, Tensor]:
    """Return a convolution and its input that take about the given number of multiplications."""
    places = multiplications / (batch * _CHANNELS**2 * _KERNEL**2)
    side = max(1, round(places**0.5))
    convolution = nn.Conv2d(_CHANNELS, _CHANNELS, _KERNEL, padding="same")
    return convolution.to(device), torch.rand(batch, _CHANNELS, side, side, device=device)


def _curve(images: Floats32, back_end: BackEnd, clock: Clock, times: int) -> Curve:
    """Return the curve of a fit of `times` the configured steps; its rate has one cycle."""
    train, held_out = images[:-_HELD_OUT], torch.from_numpy(images[-_HELD_OUT:])
    held_out = held_out.to(back_end.device)
    curve = Curve([], [], [])
    spent, start = 0.0, clock()

    def look(step: int, loss: float) -> None:
        nonlocal spent, start
        if (step + 1) % _EVERY == 0:
            spent += clock() - start  # the held-out loss is no part of the fit
            curve.steps.append(step + 1)
            curve.seconds.append(spent)
            curve.losses.append(_loss(back_end, held_out))
            start = clock()

    back_end.fit(len(train), lambda n: train[n], times * back_end.config.steps, look)
    return curve


@torch.inference_mode()
def _loss(back_end: BackEnd, images: Tensor) -> float:
    logits, (mean, log_variance) = back_end.network(images, torch.Generator().manual_seed(0))
    return float(negative_elbo(logits, images, mean, log_variance, back_end.config.beta))


def _steps(back_end: BackEnd, images: Floats32) -> dict[str, Task]:
    """Return a gradient step of the default size in two memory formats, and a plain convolution."""
    places = (images.shape[2] // 12) * (images.shape[3] // 12)
    network, device = back_end.network, back_end.device
    batch = torch.from_numpy(images[: max(1, back_end.config.batch_places // places)]).to(device)
    generator = torch.Generator().manual_seed(0)

    def step(given: Tensor) -> None:
        logits, (mean, log_variance) = network(given, generator)
        loss = negative_elbo(logits, given, mean, log_variance, 1.0)
        loss.backward()  # type: ignore[no-untyped-call]

    cost = macs(network, lambda: network(batch, generator))
    plain, of_plain = plain_convolution(cost, len(batch), device)
    last = batch.to(memory_format=torch.channels_last)
    return {
        "plain convolution": lambda: plain(of_plain).square().sum().backward(),
        "forward and backward": lambda: step(batch),
        "the same, channels last": lambda: step(last),
    }


def _sights(perception: PerceptionProtocol, sight: CellSight, frames: Frame) -> dict[str, Task]:
    """Return the path from frames to facts, whole and in stages, and a plain convolution."""
    grid, reader, back_end = sight.grid, sight.reader, sight.parts.back_end
    assert isinstance(back_end, BackEnd)
    network = back_end.network
    tensor = torch.from_numpy(reader.images(frames, grid)).to(back_end.device)
    cost = macs(network, lambda: network.encode(tensor))
    plain, of_plain = plain_convolution(cost, len(frames), back_end.device)

    def network_alone() -> object:
        return network.encode(tensor)

    def channels_last() -> object:
        return network.encode(tensor.to(memory_format=torch.channels_last))

    stages: dict[str, Callable[[Any], Any]] = {
        "1. resample, contrast": lambda _: reader.images(frames, grid),
        "2. encode": lambda images: back_end.encode(images).mean,
        "3. classify": sight.parts.types.classify,
        "4. facts": lambda types: [facts_of(each) for each in types],
    }
    made: list[Any] = [None]  # each stage takes the fresh result of the stage before it

    def run(stage: Callable[[Any], Any]) -> None:
        made[0] = stage(made[0])

    return {
        "plain convolution": torch.inference_mode()(lambda: plain(of_plain)),
        "frames to facts, whole": lambda: perception.facts(frames),
        **{name: partial(run, stage) for name, stage in stages.items()},
        "network alone, inference mode": torch.inference_mode()(network_alone),
        "network alone, no_grad": torch.no_grad()(network_alone),
        "network alone, with grad": network_alone,
        "network alone, channels last": torch.inference_mode()(channels_last),
    }


def _say_fit(
    page: Page, folder: RunFolder, unit: str, curves: list[Curve], longer: list[Curve], least: float
) -> None:
    rows = []
    for number, (curve, long) in enumerate(zip(curves, longer, strict=True)):
        best = min(*curve.losses, *long.losses)
        end = curve.converged(best)
        steps, seconds = (None, None) if end is None else (curve.steps[end], curve.seconds[end])
        figures: dict[str, Any] = {"seconds": curve.seconds[-1], "loss": curve.losses[-1]}
        figures |= {"best_loss": best, "converged_steps": steps, "converged_seconds": seconds}
        folder.log("fit", number, figures)
        rows.append([str(number), *map(_cell, figures.values())])
    heads = [f"a fit, {unit} s", "-ELBO then", "lowest -ELBO", "steps to converge", f"{unit} s"]
    page.say(Table(["fit", *heads], rows))
    page.say(
        f"On the base rung, held-out frames; a perfect reconstruction alone costs {least:.1f} "
        f"nats. A fit ({curves[0].steps[-1]} steps) has converged when its -ELBO is within "
        f"{100 * (_CONVERGED - 1):.0f} % of the lowest that it or a fit of {longer[0].steps[-1]} "
        "steps comes to."
    )


def _cell(figure: float | None) -> str:
    if figure is None:
        return "never"
    return f"{figure:.2f}" if isinstance(figure, float) else str(figure)


def _rates(folder: RunFolder, unit: str, title: str, timed: dict[str, Samples], kind: str) -> Table:
    """Log the least seconds of each task; return them with rates and ratios as a table."""
    plain = timed["plain convolution"].low
    each, a_second = (_BATCH, "frames a second") if kind == "sight" else (1, "a second")
    rows = []
    for name, samples in timed.items():
        taken = samples.low
        folder.log(kind, 0, {"task": name, "seconds": taken, "ratio": taken / plain})
        rows.append([name, f"{1000 * taken:.2f}", f"{each / taken:,.0f}", f"{taken / plain:.2f}"])
    return Table([title, f"{unit} ms", a_second, "times the plain convolution"], rows)


def _figure(unit: str, curves: list[Curve], longer: list[Curve]) -> Figure:
    figure = Figure(figsize=(6, 2.6), dpi=100, layout="constrained")
    axes = figure.subplots()
    for curve, long, colour in zip(curves, longer, itertools.cycle(PALETTE), strict=False):
        axes.plot(long.seconds, long.losses, color=colour, alpha=0.3)
        axes.plot(curve.seconds, curve.losses, color=colour)
        axes.plot(curve.seconds[-1], curve.losses[-1], "ko", markersize=4)
    axes.set_xlabel(f"{unit} seconds (dot: where a fit ends)")
    axes.set_ylabel("-ELBO, nats per frame")
    axes.set_yscale("log")
    return figure
