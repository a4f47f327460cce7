"""The scaling study: what it measures, by hand, and that it goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.studies import scaling
from dsrl_agent.experiments.studies.options import LivingOptions
from dsrl_agent.experiments.studies.page import study_folder
from dsrl_agent.experiments.studies.scaling import Job, finished, read_records, study
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS, RawPixels, encoder_maker
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.experiments.studies.scaling_options import ScalingOptions
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.records.versions import describe_checkout
from dsrl_agent.runtime.envs import make_env

FIGURES = {
    **dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 1.0),
    "location_error": 0.0,
    "types_found": 3,
    "types_true": 3,
}
"""The figures of a sight without fault."""


@pytest.mark.parametrize("name", RUNGS)
def test_every_rung_has_worlds_to_learn_and_to_test_in(name: str) -> None:
    rung = RUNGS[name]
    world = rung.world(3)
    assert world == rung.world(3) != rung.world(4)
    for replaced in ({}, *rung.also.values()):
        env = make_env(rung.env_id, {**world, **replaced, "split": "test"})
        env.reset(seed=0)
        env.close()


def test_a_film_holds_so_many_transitions_of_the_same_play() -> None:
    world = RUNGS["2 types"].world(0)
    one, again, other = (film(RUNGS["2 types"].env_id, world, 30, s, "learn") for s in (0, 0, 1))
    assert len(one.truths) == len(one.rewards) == len(one.motion.actions) == 30
    assert np.array_equal(one.motion.after, again.motion.after)
    assert not np.array_equal(one.motion.actions, other.motion.actions)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", BACK_ENDS)
def test_every_back_end_tells_unlike_cells_apart(name: str) -> None:
    images = np.zeros((40, 3, 12, 24), np.float32)
    images[:, 0, 2:9, 2:9] = 0.9  # the left cell is red, the right one has a blue bar
    images[:, 2, 5:7, 13:23] = 0.8
    slow = BackEndConfig(steps=60, batch_places=20, learning_rate=3e-3, one_cycle=False)
    encoder = encoder_maker(name, slow)(0)
    encoder.fit(len(images), lambda chosen: images[chosen], 60)
    latents = encoder.encode(images[:1])
    assert latents.mean.shape == latents.log_variance.shape
    assert latents.mean.shape[:3] == (1, 1, 2)
    away = np.abs(latents.mean[0, 0, 0] - latents.mean[0, 0, 1])
    assert (away / np.exp(0.5 * latents.log_variance[0, 0, 0])).max() > 0.5


def test_the_spectrum_without_a_network_is_the_cell() -> None:
    images = np.random.default_rng(0).random((2, 3, 24, 12)).astype(np.float32)
    pixels = RawPixels(BackEndConfig())
    pictures = pixels.decode(pixels.encode(images).mean[:, 1, 0])
    assert np.array_equal(pictures, images[:, :, 12:].transpose(0, 2, 3, 1))


def test_jobs_are_finished_when_all_their_rungs_are_on_record(tmp_path: Path) -> None:
    def line(rung: str) -> str:
        return json.dumps({"rung": rung, "back_end": "default", "seed": 1}) + "\n"

    file = tmp_path / "metrics.jsonl"
    file.write_text(line("4 types") + line("2 types") + '{"rung": "8 ty')
    assert finished(file) == {Job("4 types", "default", 1)}
    file.write_text(line("2 types") + "".join(map(line, RUNGS["2 types"].also)))
    assert Job("2 types", "default", 1) in finished(file)
    assert len(read_records(file)) == 5
    assert read_records(tmp_path / "none") == []


def test_a_stopped_study_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[Job] = []

    def measured(job: Job, frames: int, device: str) -> list[dict[str, Any]]:
        run.append(job)
        if len(run) == 2:
            raise KeyboardInterrupt
        described = {"rung": job.rung, "back_end": job.back_end, "seed": job.seed}
        return [{**described, **FIGURES, "seconds": 1.0, "frames": frames}]

    monkeypatch.setattr(scaling, "_run", measured)
    out = tmp_path / "run"
    options = ScalingOptions(
        ["4 types"], ["default", "pixels"], seeds=2, device="cpu", out=str(out)
    )
    with pytest.raises(KeyboardInterrupt):
        study(options)
    printed = study(ScalingOptions(device="cpu", resume=str(out)))
    assert len(run) == len(set(run)) + 1 == 5  # the one that was cut off ran again
    assert "| 4 types | 1.000 |" in printed
    assert "2 of 2" in printed
    assert (out / "scaling.png").read_bytes().startswith(b"\x89PNG")
    revision = describe_checkout(Path(scaling.__file__))
    told = {record["revision"] for record in read_records(out / "metrics.jsonl")}
    assert told == {revision and revision["revision"]}
    assert {record["device"] for record in read_records(out / "metrics.jsonl")} == {"cpu"}


def test_a_study_goes_on_with_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(job: Job, frames: int, device: str) -> list[dict[str, Any]]:
        return [{"rung": job.rung, "back_end": job.back_end, "seed": job.seed, **FIGURES}]

    monkeypatch.setattr(scaling, "_run", measured)
    out = tmp_path / "run"
    study(ScalingOptions(["4 types"], ["pixels"], seeds=1, out=str(out)))
    study(ScalingOptions(["4 types"], seeds=2, resume=str(out)))  # more seeds may be asked for
    assert [record["seed"] for record in read_records(out / "metrics.jsonl")] == [2000, 2001]
    with pytest.raises(ConfigError, match=r"frames is 60, but the run .* has 640, which cannot be"):
        study(ScalingOptions(frames=60, resume=str(out)))
    other = study_folder("living", LivingOptions(out=str(tmp_path / "other")))
    with pytest.raises(CheckpointError, match="other is no run of this study; name one that"):
        study(ScalingOptions(resume=str(other.path)))


def test_as_many_principal_components_as_needed_give_the_cell_back() -> None:
    images = np.zeros((30, 3, 12, 12), np.float32)
    for i, image in enumerate(images):  # three kinds, which two components hold
        image[i % 3, 2:5, 4:8] = 0.6
    encoder = encoder_maker("pca", BackEndConfig())(0)
    encoder.fit(len(images), lambda chosen: images[chosen], 0)
    latents = encoder.encode(images)
    assert latents.mean.shape == (30, 1, 1, 8)
    assert np.abs(latents.mean[..., 2:]).max() < 1e-3
    pictures = encoder.decode(latents.mean[:, 0, 0])
    assert_allclose(pictures, images.transpose(0, 2, 3, 1), atol=1e-4)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"seeds": 0}, "seeds is 0, but it must be at least 1"),
        ({"frames": 5}, "frames is 5, but it must be at least 20"),
    ],
)
def test_bad_options_are_refused(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        ScalingOptions(**wrong)


def test_an_unknown_rung_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"rungs has '4 typs'.*4 types"):
        study(ScalingOptions(["4 typs"], out=str(tmp_path / "run")))
