"""`dsrl study beta`: compare latents over the weight of the KL term (Higgins et al. 2017).

For each beta and seed a variational autoencoder with one latent place learns images of known
factors: the agent's own network on single cells of shapes_grid, or a deeper one on dSprites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.figure import Figure

from dsrl_agent.back_end import BackEnd
from dsrl_agent.back_end.losses import binary_cross_entropy, kl_to_standard_normal
from dsrl_agent.config import BackEndConfig
from dsrl_agent.evaluation.estimate import mean
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.autoencoder_training import floor
from dsrl_agent.experiments.studies.disentanglement import mutual_information_gap
from dsrl_agent.experiments.studies.factors import FactorImages, dsprites, shapes_grid_cells
from dsrl_agent.experiments.studies.options import BetaOptions
from dsrl_agent.experiments.studies.page import Page, study_folder
from dsrl_agent.experiments.studies.structured_latents import NAMES, structured_latents
from dsrl_agent.records import RunFolder
from dsrl_agent.runtime.progress import progress_bar
from dsrl_agent.types import Floats, Floats32

_BATCH = 64  # images of a gradient step
_LEARNING_RATE = 3e-3
_SCORED_AT_ONCE = 1000  # images, to bound memory
_ACTIVE = 0.1  # nats: a latent with less KL on average is not in use
_SHOWN = 10  # images whose reconstructions are shown
_REACH = np.linspace(-2.0, 2.0, 9)  # of a traversal, in widths of the prior


class Terms(NamedTuple):
    """The ELBO's terms on all images, nats per image."""

    reconstruction: float  # -E log p(x|z), with one sample of z per image
    kl: Floats  # `[K]`: KL divergence of each latent from the prior
    means: Floats  # `[N, K]`: the posterior means


class Fitted(NamedTuple):
    """A fit of one beta and seed, with its measurements."""

    beta: float
    seed: int
    back_end: BackEnd
    terms: Terms
    gaps: Floats  # [F], the mutual information gap of each factor


def study(options: BetaOptions) -> str:
    """Fit every beta and seed, measure and draw them; return the page's text and path."""
    if options.dsprites is None:
        data, name = shapes_grid_cells(), "cells of shapes_grid"
    else:
        data = dsprites(Path(options.dsprites), options.images, options.seed)
        name = "images of dSprites"
    with study_folder("beta", options, options.seed) as folder:
        fits = _fit_all(data, options, folder)
        return _page(folder, data, fits, f"{len(data.images)} {name}", options).write()


def fit(data: FactorImages, beta: float, seed: int, options: BetaOptions) -> Fitted:
    """Fit one network and measure it."""
    latents, steps = options.latents, options.steps
    config = BackEndConfig(
        latents=latents, beta=beta, learning_rate=_LEARNING_RATE, batch_places=_BATCH, steps=steps
    )
    channels = data.images.shape[1]
    back_end = BackEnd(channels, config, seed, options.device, data.layers)
    back_end.fit(len(data.images), lambda chosen: data.images[chosen], options.steps)
    terms = elbo_terms(back_end, data.images, seed)
    gaps = mutual_information_gap(terms.means, data.factors)
    return Fitted(beta=beta, seed=seed, back_end=back_end, terms=terms, gaps=gaps)


@torch.inference_mode()
def elbo_terms(back_end: BackEnd, images: Floats32, seed: int) -> Terms:
    """Return the ELBO's terms of a network with one latent place on images `[N, C, H, W]`."""
    generator = torch.Generator().manual_seed(seed)
    costs, divergences, means = [], [], []
    for part in torch.split(torch.from_numpy(images), _SCORED_AT_ONCE):
        batch = part.to(back_end.device)
        logits, (mean, log_variance) = back_end.network(batch, generator)
        costs.append(binary_cross_entropy(logits, batch))
        # Each latent on its own, as if K were 1: [B, K, 1, 1] -> K times [B]
        latents = zip(torch.split(mean, 1, 1), torch.split(log_variance, 1, 1), strict=True)
        each = [kl_to_standard_normal(*latent).flatten() for latent in latents]
        divergences.append(torch.stack(each, dim=1))
        means.append(mean.flatten(1))
    kl, middle = torch.cat(divergences).mean(dim=0), torch.cat(means)
    arrays = (part.cpu().numpy().astype(np.float64) for part in (kl, middle))
    return Terms(float(torch.cat(costs).mean()), *arrays)


def _fit_all(data: FactorImages, options: BetaOptions, folder: RunFolder) -> list[Fitted]:
    fits = []
    chosen = [(b, s) for b in options.betas for s in range(options.seeds)]
    for beta, number in progress_bar(chosen, desc="fits"):
        fits.append(fit(data, beta, options.seed + number, options))
        folder.log("beta", len(fits), {"seed": fits[-1].seed, **_figures(fits[-1])})
        folder.log("mig", len(fits), dict(zip(data.names, map(float, fits[-1].gaps), strict=True)))
    return fits


def _figures(fitted: Fitted) -> dict[str, float]:
    terms = fitted.terms
    kl = float(terms.kl.sum())
    return {
        "beta": fitted.beta,
        "reconstruction": terms.reconstruction,
        "kl": kl,
        "negative_elbo": terms.reconstruction + kl,
        "active": float((terms.kl > _ACTIVE).sum()),
        "mig": float(fitted.gaps.mean()),
    }


def _page(
    folder: RunFolder, data: FactorImages, fits: list[Fitted], name: str, options: BetaOptions
) -> Page:
    page = Page(folder, "Latents over beta")
    groups = {beta: [each for each in fits if each.beta == beta] for beta in options.betas}
    heads = ["beta", "reconstruction", "KL", "-ELBO", "latents in use", "MIG", *data.names]
    rows = [_row(beta, group) for beta, group in groups.items()]
    things = structured_latents(data) if options.dsprites is None else None
    if things is not None:
        gaps = [f"{gap:.2f}" for gap in (things.gaps.mean(), *things.gaps)]
        rows.append(["things", "-", "-", "-", str(things.values.shape[1]), *gaps])
    page.say(Table(heads, rows))
    page.say(
        f"Of {name}, whose perfect reconstruction costs {floor(data.images):.2f} nats; "
        f"{options.seeds} seeds from {options.seed}, {options.steps} steps of {_BATCH} "
        f"images, Adam {_LEARNING_RATE:g}, {options.latents} latents. Nats per image, means over "
        f"seeds, MIG with its 95 % bootstrap interval (mutual information gap, Chen et al. 2018) "
        f"and, for each factor, its part; in use is a latent with a KL above {_ACTIVE:g} nats. "
        "-ELBO counts the KL term once, whatever beta was trained with."
    )
    if things is not None:
        page.say(
            f"Things: the latents of the generative model of things ({', '.join(NAMES)}), learned "
            f"from the same images without labels in {things.seconds:.1f} CPU-seconds; it found "
            f"{things.types} types."
        )
    caption = "The ELBO's terms and the mutual information gap over beta."
    page.show("terms", caption, curves([_figures(each) for each in fits], floor(data.images)))
    firsts = [group[0] for group in groups.values()]
    page.show("reconstructions", "Images and their reconstructions.", _rebuilt(data, firsts))
    best = max(groups, key=lambda beta: float(np.mean([each.gaps.mean() for each in groups[beta]])))
    text = "each row one latent from -2 to 2, the others as they are; most KL first."
    for beta in sorted({min(groups), best}):
        caption = f"beta = {beta:g}: {text}"
        page.show(f"traversals_beta_{beta:g}", caption, _traversals(data, groups[beta][0]))
    return page


def _row(beta: float, group: list[Fitted]) -> list[str]:
    each = [_figures(fitted) for fitted in group]
    figures = {name: np.array([one[name] for one in each]) for name in each[0]}
    terms = [f"{figures[name].mean():.2f}" for name in ("reconstruction", "kl", "negative_elbo")]
    parts = [f"{part:.2f}" for part in np.mean([fitted.gaps for fitted in group], axis=0)]
    active, gap = f"{figures['active'].mean():.1f}", str(mean(figures["mig"]))
    return [f"{beta:g}", *terms, active, gap, *parts]


def curves(figures: Sequence[Mapping[str, float]], least: float) -> Figure:
    """Draw the terms and the gap of fits over beta, the reconstruction less its floor `least`."""
    figure = Figure(figsize=(7, 2.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    betas = [each["beta"] for each in figures]
    above = [each["reconstruction"] - least for each in figures]
    left.plot(betas, above, "o", label="reconstruction above its floor", markersize=4)
    left.plot(betas, [each["kl"] for each in figures], "o", label="KL", markersize=4)
    left.set_ylabel("nats per image")
    left.legend(frameon=False)
    right.plot(betas, [each["mig"] for each in figures], "o", color="C2", markersize=4)
    right.set_ylabel("mutual information gap")
    for axes in (left, right):
        axes.set_xscale("symlog", linthresh=0.1)
        axes.set_xlabel("beta")
        axes.set_ylim(bottom=0)
    return figure


def _rebuilt(data: FactorImages, fits: list[Fitted]) -> Figure:
    chosen = np.linspace(0, len(data.images) - 1, _SHOWN).astype(int)
    rows = [("image", data.images[chosen].transpose(0, 2, 3, 1))]
    for each in fits:
        spectra = each.terms.means[chosen].astype(np.float32)
        rows.append((f"{each.beta:g}", each.back_end.decode(spectra)))
    return _sheet(rows)


def _traversals(data: FactorImages, fitted: Fitted) -> Figure:
    middle = fitted.terms.means[len(data.images) // 2]
    rows = []
    for latent in np.argsort(-fitted.terms.kl, kind="stable"):
        spectra = np.tile(middle, (len(_REACH), 1))
        spectra[:, latent] = _REACH
        pictures = fitted.back_end.decode(spectra.astype(np.float32))
        rows.append((f"{fitted.terms.kl[latent]:.1f} nats", pictures))
    return _sheet(rows)


def _sheet(rows: list[tuple[str, Floats32]]) -> Figure:
    """Draw rows of pictures `[n, H, W, C]`, each with its label."""
    figure = Figure(figsize=(6.5, 0.62 * len(rows)), dpi=100)
    for number, (label, pictures) in enumerate(rows):
        height = 1 / len(rows)
        axes = figure.add_axes((0.12, 1 - (number + 1) * height, 0.88, 0.94 * height))
        strip = np.concatenate([np.pad(p, ((0, 0), (0, 1), (0, 0))) for p in pictures], axis=1)
        axes.imshow(strip if strip.shape[2] == 3 else strip[..., 0], cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
        figure.text(0.11, 1 - (number + 0.5) * height, label, ha="right", va="center", fontsize=9)
    return figure
