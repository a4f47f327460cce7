"""What the network sees, and that its posteriors are distributions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_things import BAR, BLOCK, GREEN, RED, scene_of, small_model, template_of, untrained

from dsrl_agent.back_end.compositor.composition import SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE
from dsrl_agent.back_end.compositor.recognition.network import Places, places_of

CPU = torch.device("cpu")


def shown(model: SceneModel, *things: tuple[int, int, int, int]) -> Places:
    return places_of(draw_scenes(scene_of(model, things), model), model, CPU)


def test_under_its_tint_a_thing_is_its_coverage_and_leaves_nothing() -> None:
    # Ground 0.2 grey, colour (1, 0, 0), coverage 0.5: the pixel is (0.6, 0.1, 0.1).
    ground = torch.full((1, 1, 3), 0.2)
    half = torch.tensor([[[0.6, 0.1, 0.1]]]) - ground
    network = untrained(small_model())
    pixels = int(np.prod(small_model().windows.size))
    places = Places(half.expand(1, pixels, 3), ground.expand(1, pixels, 3))
    seen = network.under(places, torch.tensor([RED]))
    assert seen[0, :pixels].tolist() == pytest.approx([0.5] * pixels)
    assert seen[0, pixels:].tolist() == pytest.approx([0.0] * pixels, abs=1e-6)


def test_under_another_tint_the_square_of_the_rest_is_left() -> None:
    # Contrast (0, 1, 0), way (1, 0, 0): no coverage, and a rest of 1.
    model = small_model()
    places = shown(model, (0, 0, template_of(model, BLOCK), GREEN))
    seen = untrained(model).under(places, torch.zeros(4, dtype=torch.int64))
    pixels = places.contrasts.shape[1]
    assert float(seen[:, :pixels].abs().sum()) == pytest.approx(0, abs=1e-6)
    assert float(seen[0, pixels:].sum()) == pytest.approx(4)


def test_posteriors_of_all_templates_and_of_all_tints_sum_to_one() -> None:
    model = small_model()
    network = untrained(model)
    places = shown(model, (0, 1, template_of(model, BAR), GREEN))
    tints = network.tint_logs(network.see_tints(places))
    assert tints.exp().sum(dim=1).tolist() == pytest.approx([1.0] * 4)
    logs = network.shape_logs(network.see_shapes(places, torch.zeros(4, dtype=torch.int64)))
    every = [network.template_logs(logs, torch.full((4,), number)) for number in range(10)]
    assert torch.stack(every).exp().sum(dim=0).tolist() == pytest.approx([1.0] * 4, abs=1e-5)


def test_proposals_are_ordered_and_have_their_posteriors() -> None:
    model = small_model()
    network = untrained(model)
    places = shown(model, (1, 1, template_of(model, BLOCK, 1, 0), RED))
    found = network.propose(places, 4, 2)
    assert found.templates.shape == found.tints.shape == found.nats.shape == (4, 5)
    assert (np.diff(found.nats[:, :4]) >= 0).all()
    best = torch.from_numpy(found.tints[:, 0])
    with torch.no_grad():
        logs = network.shape_logs(network.see_shapes(places, best))
        tint = network.tint_logs(network.see_tints(places))
        first = network.template_logs(logs, torch.from_numpy(found.templates[:, 0]))
    something = 1 - tint[:, -1].exp()
    given = tint.gather(1, best[:, None])[:, 0] - something.log()
    assert found.nats[:, 0] == pytest.approx(-(first + given).numpy(), abs=1e-4)
    assert found.present == pytest.approx(something.numpy(), abs=1e-5)
    # The second tint comes with the first template.
    assert np.array_equal(found.templates[:, 4], found.templates[:, 0])
    assert (found.tints[:, 4] != found.tints[:, 0]).all()


def test_more_proposals_than_combinations_are_no_templates() -> None:
    model = small_model()
    found = untrained(model).propose(shown(model), 12, 1)
    assert found.templates.shape == (4, 12)
    assert (found.templates == NO_TEMPLATE).any(axis=1).all()
    assert np.isinf(found.nats[found.templates == NO_TEMPLATE]).all()


def test_a_place_is_seen_alike_on_every_grid() -> None:
    small, large = small_model((2, 2)), small_model((5, 3))
    network = untrained(small)
    thing = (1, 1, template_of(small, BAR), GREEN)
    one = network.propose(shown(small, thing), 4, 2)
    two = network.propose(shown(large, thing), 4, 2)
    assert np.array_equal(one.templates[3], two.templates[1 * 3 + 1])
    assert one.nats[3] == pytest.approx(two.nats[1 * 3 + 1], abs=1e-5)


def test_the_first_layer_whitens_what_it_starts_from() -> None:
    model = small_model((4, 4))
    rng = np.random.default_rng(0)
    frames = rng.random((50, 16, 16, 3), np.float32)
    places = places_of(frames, model, CPU)
    network = untrained(model)
    network.start_from(places, torch.zeros(800, dtype=torch.int64), rng)
    with torch.no_grad():
        features = network.see_tints(places).numpy()
    # The mean square of each component is 1, and components are uncorrelated.
    assert features.T @ features / 800 == pytest.approx(np.eye(8), abs=0.05)
