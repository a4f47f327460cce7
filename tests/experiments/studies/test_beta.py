"""`dsrl study beta`: the ELBO's terms, and what beta buys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run
from studies import records

from dsrl_agent.back_end import BackEnd
from dsrl_agent.config import BackEndConfig
from dsrl_agent.experiments.studies.beta import elbo_terms

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_terms_add_up_to_the_kl_of_each_latent() -> None:
    images = np.random.default_rng(0).random((7, 3, 12, 12), np.float32)
    back_end = BackEnd(3, BackEndConfig(latents=4, width=8), 0, "cpu")
    terms = elbo_terms(back_end, images, seed=0)
    mean, log_variance = (part[:, 0, 0].astype(np.float64) for part in back_end.encode(images))
    each = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)
    np.testing.assert_allclose(terms.kl, each.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(terms.means, mean, rtol=1e-6)
    # Nothing is learned: about a coin toss for each value, 432 ln 2.
    assert terms.reconstruction == pytest.approx(432 * np.log(2), rel=0.02)


@pytest.mark.slow
def test_beta_buys_less_kl_with_a_worse_reconstruction(tmp_path: Path) -> None:
    out = tmp_path / "beta"
    quick = ["--betas=[0.1,4]", "--seeds=1", "--steps=120", "--latents=4"]
    assert run("study", "beta", *quick, f"--out={out}") == 0
    low, high = records(out, "beta")
    assert low["kl"] > high["kl"]
    assert low["reconstruction"] < high["reconstruction"]
    for name in ("terms", "reconstructions", "traversals_beta_0.1"):
        assert (out / f"{name}.png").is_file()
    page = (out / "README.md").read_text()
    assert "| 0.1 |" in page
    assert "| things |" in page
