"""The exported logic program: clingo must choose as the agent does, in a thousand worlds."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from drawings import (
    DOWN,
    EXIT,
    LEVER,
    MOVES,
    OPENS_LAST,
    RIGHT,
    TYPES,
    dyed_rules,
    film,
    round_trip,
    scene,
    taught_rules,
)
from gymnasium.spaces import Discrete
from others_worlds import OthersWorld
from others_worlds import trained as play
from true_facts import true_facts

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.logic import facts_as_logic, greedy_actions, program, scene_as_logic
from dsrl_agent.explain.logic.program import action_atoms
from dsrl_agent.explain.policy import greedy, policy_of
from dsrl_agent.front_end import AnyFrontEnd, RulesFrontEnd, make_front_end
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.tabular.walking import WalkingFrontEnd
from dsrl_agent.types import FREE, HELD, Fact, Facts, Shape, Transition
from shapes_grid import ShapesGridEnv

WORLDS = 1000

needs_clingo = pytest.mark.skipif(
    importlib.util.find_spec("clingo") is None, reason="needs clingo, of the extra [logic]"
)


def trained(kind: Any, env: ShapesGridEnv, steps: int) -> AnyFrontEnd:
    """Return a front end that has learned from true facts, with uneven values in its table."""
    config = FrontEndConfig(kind=kind, learning_rate=0.7, replay=4)
    assert isinstance(env.action_space, Discrete)
    front_end = make_front_end(int(env.action_space.n), config)
    rng, left = np.random.default_rng(1), iter(range(steps))
    for episode in itertools.count():
        _, info = env.reset(seed=1000 + episode)
        facts, over, first = true_facts(info), False, True
        shape = info["truth"]["cells"].shape
        memory = front_end.begin(shape)
        while not over:
            if next(left, None) is None:
                return front_end
            action = front_end.decide(facts, memory, rng, 0.3)
            _, reward, terminated, truncated, info = env.step(action)
            seen = true_facts(info)
            step = Transition(facts, action, float(reward), seen, terminated, first, shape)
            front_end.learn(step, rng)
            facts, over, first = seen, terminated or truncated, False
    raise AssertionError("episodes do not end")


def scenes(rows: int, cols: int, types: list[int], count: int) -> list[Facts]:
    """Draw scenes with an object of each type named, on cells of their own."""
    rng = np.random.default_rng(7)
    return [
        tuple(
            sorted(
                Fact(kind, *divmod(int(place), cols))
                for kind, place in zip(
                    types, rng.choice(rows * cols, len(types), replace=False), strict=True
                )
            )
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def world() -> ShapesGridEnv:
    return ShapesGridEnv(objects={"circle": 4, "cross": 4}, split="all")


@pytest.mark.slow
@needs_clingo
@pytest.mark.parametrize("kind", ["relational", "srl_cs", "garnelo2016"])
def test_clingo_chooses_as_the_tables_do_in_1000_worlds(kind: str, world: ShapesGridEnv) -> None:
    front_end = trained(kind, world, 400)
    worlds = scenes(5, 5, [0, 1, 1, 1, 1, 2, 2, 2, 2], WORLDS)
    # In some the agent is not seen, or seen twice: then all actions are alike.
    worlds[0], worlds[1] = worlds[0][1:], (*worlds[1], Fact(0, 9, 9))
    policy = policy_of(front_end, (5, 5))
    expected = {time: policy(facts) for time, facts in enumerate(worlds)}
    assert len(set(expected.values())) > 4
    assert expected[0] == expected[1] == frozenset(range(4))
    text = program(front_end) + "".join(
        facts_as_logic(facts, time, (5, 5) if time == 0 else None)
        for time, facts in enumerate(worlds)
    )
    assert greedy_actions(text, action_atoms(front_end)) == expected


@pytest.mark.slow
@needs_clingo
def test_clingo_looks_behind_bad_things_as_walks_do(world: ShapesGridEnv) -> None:
    front_end = trained("relational", world, 400)
    worlds = scenes(5, 5, [0, *[1] * 9, *[2] * 9], 200)
    policy = policy_of(front_end, (5, 5))
    expected = {time: policy(facts) for time, facts in enumerate(worlds)}
    facts_of_all = (facts_as_logic(facts, time) for time, facts in enumerate(worlds))
    text = "\n".join([program(front_end), "grid(5,5).", *facts_of_all])
    assert greedy_actions(text, action_atoms(front_end)) == expected


@pytest.mark.slow
@needs_clingo
def test_clingo_walks_over_what_has_no_effect(world: ShapesGridEnv) -> None:
    front_end = trained("relational", world, 400)
    assert isinstance(front_end, WalkingFrontEnd)
    front_end.ground.entered(3, idle=True)
    worlds = scenes(5, 5, [0, *[1] * 2, *[2] * 3, *[3] * 12], 200)
    policy = policy_of(front_end, (5, 5))
    expected = {time: policy(facts) for time, facts in enumerate(worlds)}
    as_things = trained("relational", world, 400)
    assert expected != dict(enumerate(map(policy_of(as_things, (5, 5)), worlds)))
    facts_of_all = (facts_as_logic(facts, time) for time, facts in enumerate(worlds))
    text = "\n".join([program(front_end), "grid(5,5).", *facts_of_all])
    assert greedy_actions(text, action_atoms(front_end)) == expected


class Scenes:
    """A rules program grounded once, to be asked about many scenes of one grid."""

    def __init__(self, front_end: AnyFrontEnd, shape: Shape, types: int, horizon: int) -> None:
        import clingo

        self._clingo = clingo
        self._places = list(itertools.product(range(types), range(shape[0]), range(shape[1])))
        self._names = action_atoms(front_end)
        options = ["--warn=none", "--opt-mode=optN", "--project=show", "0"]
        self._control = clingo.Control([*options, "-c", f"horizon={horizon}"])
        any_scene = f"{{object(T,R,C,0) : T=0..{types - 1}}} 1 :- place(R,C)."
        grid = f"grid({shape[0]},{shape[1]})."
        self._control.add("base", [], "\n".join([program(front_end), grid, any_scene]))
        self._control.ground([("base", [])])

    def best(self, facts: Facts) -> frozenset[int]:
        """Return the first actions of all optimal plans."""
        function, whole = self._clingo.Function, self._clingo.Number
        scene = [
            (function("object", [whole(n) for n in (*place, 0)]), Fact(*place) in facts)
            for place in self._places
        ]
        found = set()
        with self._control.solve(yield_=True, assumptions=scene) as answers:
            for model in answers:
                if model.optimality_proven:
                    (shown,) = model.symbols(shown=True)
                    found.add(self._names.index(str(shown.arguments[0])))
        return frozenset(found)


@pytest.mark.slow
@needs_clingo
def test_clingo_plans_as_the_rules_do_in_1000_worlds() -> None:
    env = ShapesGridEnv(rows=3, cols=3, objects={"circle": 1, "cross": 2}, split="all")
    front_end = trained("rules", env, 150)
    policy, program_of = policy_of(front_end, (3, 3)), Scenes(front_end, (3, 3), 3, horizon=7)
    worlds = scenes(3, 3, [0, 1, 2, 2], WORLDS)
    expected = [policy(facts) for facts in worlds]
    assert len(set(expected)) > 4
    assert [program_of.best(facts) for facts in worlds] == expected


def _in_worlds_with(
    env: ShapesGridEnv, count: int, steps: int, horizon: int
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    front_end = trained("rules", env, steps)
    text = re.sub(r"horizon = \d+", f"horizon = {horizon}", program(front_end))
    for seed in range(count):
        _, info = env.reset(seed=90_000 + seed)
        facts, shape = true_facts(info), info["truth"]["cells"].shape
        found = greedy_actions(text + facts_as_logic(facts, 0, shape), action_atoms(front_end))
        yield found[0], policy_of(front_end, shape)(facts)


@pytest.mark.slow
@needs_clingo
@pytest.mark.parametrize("thing", ["key", "box", "switch"])
def test_clingo_plans_with_conditions_and_effects_elsewhere(
    thing: str, small: Callable[[str], ShapesGridEnv]
) -> None:
    choices = list(_in_worlds_with(small(thing), 6, 500, 12))
    assert [found for found, _ in choices] == [expected for _, expected in choices]


@needs_clingo
@pytest.mark.parametrize(
    ("taught", "drawn"),
    [(EXIT, "x.+xo"), (EXIT, "o.x.+"), (EXIT, "o+.x."), (OPENS_LAST, "x.+.o")],
)
def test_clingo_plans_to_take_all_of_a_type(taught: list[Transition], drawn: str) -> None:
    good, shut = film("+k", (RIGHT, 1.0, ".+!")), film("+o.", (RIGHT, 0.0, "+o."))
    front_end = taught_rules(taught, *([] if taught is EXIT else [good, shut]))
    text = re.sub(r"horizon = \d+", "horizon = 10", program(front_end))
    facts, shape = scene(drawn), (1, 5)
    found = greedy_actions(text + facts_as_logic(facts, 0, shape), action_atoms(front_end))
    assert found[0] == policy_of(front_end, shape)(facts)
    assert len(found[0]) == 1


@needs_clingo
@pytest.mark.parametrize(
    "rows", [("s+gx.", "####g"), ("s+.x.", "####g"), ("sg+x.", "####."), ("sg+..", "####.")]
)
def test_clingo_plans_with_changes_at_fixed_places(rows: tuple[str, ...]) -> None:
    front_end = taught_rules(LEVER)
    text = re.sub(r"horizon = \d+", "horizon = 6", program(front_end))
    assert "fixed(" in text
    facts, shape = scene(*rows), (2, 5)
    found = greedy_actions(text + facts_as_logic(facts, 0, shape), action_atoms(front_end))
    assert found[0] == policy_of(front_end, shape)(facts)


@needs_clingo
@pytest.mark.parametrize("drawn", ["s+gx", ".+gx", "+.s.gx"])
def test_clingo_plans_over_what_changes_the_agents_looks(drawn: str) -> None:
    front_end, shape = dyed_rules(), (1, len(drawn))
    text = re.sub(r"horizon = \d+", "horizon = 8", program(front_end))
    assert "wears(" in text
    facts = scene(drawn)
    found = greedy_actions(text + facts_as_logic(facts, 0, shape), action_atoms(front_end))
    assert found[0] == policy_of(front_end, shape)(facts)
    assert (len(found[0]) == 1) == ("s" in drawn)


@needs_clingo
def test_clingo_plans_for_an_agent_that_turns() -> None:
    env = ShapesGridEnv(
        rows=3, cols=3, objects={"circle": 1, "cross": 1}, controls="heading", split="all"
    )
    choices = list(_in_worlds_with(env, 8, 400, 10))
    assert len({expected for _, expected in choices}) > 1
    assert [found for found, _ in choices] == [expected for _, expected in choices]


@pytest.fixture(scope="module")
def small() -> Callable[[str], ShapesGridEnv]:
    things = {
        "key": {"cross": 1, "key": 1, "door": 1},
        "box": {"cross": 1, "box": 1},
        "switch": {"cross": 1, "switch": 1, "gate": 1},
    }
    return lambda thing: ShapesGridEnv(
        rows=3, cols=5, rewards={"cross": 1.0}, layout="rooms", objects=things[thing],
        step_limit=40, split="all",
    )  # fmt: skip


def test_a_table_of_whole_scenes_has_no_program(world: ShapesGridEnv) -> None:
    with pytest.raises(ConfigError, match="kind flat cannot be written as a logic program"):
        program(trained("flat", world, 20))


@pytest.mark.parametrize(
    ("kind", "unwritten", "reason"),
    [
        ("relational", "", "its table is of actions that do not move it but do something"),
        ("rules", "the ground is slippery", "as a logic program: the ground is slippery, and"),
    ],
)
def test_what_the_program_has_no_words_for_is_refused_with_its_reason(
    kind: Any, unwritten: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    front_end = make_front_end(4, FrontEndConfig(kind=kind))
    known = dataclasses.replace(front_end.knowledge(), choice=None, reaches={}, unwritten=unwritten)
    monkeypatch.setattr(front_end, "knowledge", lambda: known)
    with pytest.raises(ConfigError, match=reason):
        program(front_end)


def _choices_in_play(
    world: OthersWorld, front_end: RulesFrontEnd, horizon: int, every: int
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """Yield clingo's choice and the agent's in scenes of an episode that goes on."""
    text = re.sub(r"horizon = \d+", f"horizon = {horizon}", program(front_end))
    facts, over, rng = world.reset(seed=500), False, np.random.default_rng(0)
    memory = front_end.begin(world.shape)
    for step in itertools.count():
        action = front_end.decide(facts, memory, rng, 0.0)
        expected = greedy(front_end.values(facts, memory).values)
        left = 1 + len(memory.plan.actions) - memory.done
        if step % every == 0 and left <= horizon:
            scene = scene_as_logic(front_end, facts, world.shape, memory)
            yield greedy_actions(text + scene, action_atoms(front_end))[0], expected
        facts, _, _, over = world.step(action)
        if over:
            return


@needs_clingo
@pytest.mark.parametrize(("name", "seed"), [("DoorKey-5x5", 2), ("CliffWalking", 0)])
def test_clingo_takes_opens_and_is_flung_as_the_rules_say(name: str, seed: int) -> None:
    if name != "CliffWalking":
        pytest.importorskip("minigrid")
    world = OthersWorld(name)
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    assert isinstance(front_end, RulesFrontEnd)
    play(front_end, world, seed=seed, steps=300)
    choices = list(_choices_in_play(world, front_end, horizon=8, every=1))
    assert len(choices) > 2
    assert [found for found, _ in choices] == [expected for _, expected in choices]


TAKE, PUT = 4, 5
KEY, BALL = TYPES["k"], TYPES["o"]


def _grasping(likeness: dict[int, int] | None = None) -> RulesFrontEnd:
    """Return a front end that looks to the right, takes things there, and puts them down.

    With something in hand it can take nothing, and taking the ball is its goal. `likeness` holds
    the types that other types resemble.
    """
    front_end = RulesFrontEnd(6, FrontEndConfig(kind="rules"))
    for transition in round_trip():
        front_end.learn(transition, np.random.default_rng(0))
    verbs = Verbs(frozenset(MOVES), frozenset([TAKE]))
    model = front_end.model = ContactModel(verbs=verbs)
    model.resemble(likeness or {})
    ahead = ActionEffect(0, 1, 0)
    front_end.understanding.effects = {**front_end.effects, (0, TAKE): ahead, (0, PUT): ahead}
    front_end.understanding.verbs = verbs
    for thing, gives in ((KEY, 0.0), (BALL, 1.0)):
        at = Context(thing, FREE, 0, TAKE, ())
        model.observe(at, Effect(False, FREE), gives, gives > 0.0)
        model.observe(at._replace(taken=((KEY, 1),)), Effect(False, FREE), gives, gives > 0.0)
        model.observe(at._replace(held=KEY, taken=((KEY, 1),)), Effect(False, thing), 0.0, False)
        model.observe(at._replace(action=RIGHT), Effect(False, thing), 0.0, False)
    ground = Context(FREE, FREE, 0, PUT, ())
    model.observe(ground, Effect(False, FREE), 0.0, False)
    model.observe(ground._replace(taken=((KEY, 1),)), Effect(False, FREE), 0.0, False)
    model.observe(ground._replace(held=KEY, taken=((KEY, 1),)), Effect(False, HELD), 0.0, False)
    model.observe(ground._replace(action=RIGHT), Effect(True, FREE), 0.0, False)
    return front_end


@needs_clingo
@pytest.mark.parametrize(
    ("rows", "first"),
    [
        (("+ko", "..."), {TAKE}),  # then down, put it down, up, right, and take the ball
        (("+.o", "k.."), {RIGHT}),
    ],
)
def test_clingo_frees_the_hand_as_the_rules_do(rows: tuple[str, ...], first: set[int]) -> None:
    front_end, facts = _grasping(), scene(*rows)
    text = re.sub(r"horizon = \d+", "horizon = 7", program(front_end))
    found = greedy_actions(text + facts_as_logic(facts, 0, (2, 3)), action_atoms(front_end))
    assert found[0] == policy_of(front_end, (2, 3))(facts) == first


@needs_clingo
def test_clingo_flies_as_the_rules_do() -> None:
    flung = film("+s#s.", (RIGHT, 0.0, ".s#+."), (RIGHT, 0.0, ".s#s+"))
    goal, wall = film("+x", (RIGHT, 1.0, ".+!")), film("+#.", (RIGHT, 0.0, "+#."))
    front_end = taught_rules(goal, wall, flung, flung)
    text = re.sub(r"horizon = \d+", "horizon = 4", program(front_end))
    for drawn, first in (("+s#s.x", {RIGHT}), (".+#s.x", set(MOVES))):
        facts = scene(drawn)
        found = greedy_actions(text + facts_as_logic(facts, 0, (1, 6)), action_atoms(front_end))
        assert found[0] == policy_of(front_end, (1, 6))(facts) == first


@needs_clingo
def test_clingo_expects_of_a_type_what_types_like_it_have_done() -> None:
    key, ball = TYPES["s"], TYPES["x"]  # never met
    front_end = _grasping({key: KEY, ball: BALL})
    text = re.sub(r"horizon = \d+", "horizon = 7", program(front_end))
    assert f"alias({ball},{BALL})." in text
    for rows, first in ((("+sx", "..."), {TAKE}), (("+.x", "s.."), {RIGHT})):
        facts = scene(*rows)
        found = greedy_actions(text + facts_as_logic(facts, 0, (2, 3)), action_atoms(front_end))
        assert found[0] == policy_of(front_end, (2, 3))(facts) == first


@needs_clingo
def test_what_is_in_hand_is_a_fact_of_the_scene() -> None:
    front_end, facts = _grasping(), scene("+.o", "...")
    memory = front_end.begin((2, 3))
    front_end.decide(facts, memory, np.random.default_rng(0), 0.0)
    board = memory.scene.board
    assert board is not None
    memory.scene.board = board._replace(held=KEY, taken=((KEY, 1),))
    text = scene_as_logic(front_end, facts, (2, 3), memory)
    assert text.endswith(f"in_hand({KEY}).\ntaken_before({KEY},1).\nbegan_with({BALL}).\n")
    text = re.sub(r"horizon = \d+", "horizon = 7", program(front_end)) + text
    found = greedy_actions(text, action_atoms(front_end))[0]
    # To the right and down to put it down there, or the other way round; then up and take the ball.
    assert found == greedy(front_end.values(facts, memory).values) == {RIGHT, DOWN}


def test_actions_of_the_same_name_are_told_apart() -> None:
    front_end = make_front_end(6, FrontEndConfig())
    assert action_atoms(front_end) == [f"action_{action}" for action in range(6)]
    agent = Fact(0, 5, 5)
    for action, col in ((0, 6), (1, 6), (2, 4)):
        step = Transition((agent,), action, 0.0, (Fact(0, 5, col),), False)
        front_end.learn(step, np.random.default_rng(0))
    atoms = action_atoms(front_end)
    assert atoms == ["action_0", "action_1", "left", "action_3", "action_4", "action_5"]
