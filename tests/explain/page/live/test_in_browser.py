"""The page of a running agent in a real browser: clicks, keys, fingers, and what the agent does."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_sessions import facts_of, session_of, type_at
from pages import CHROMIUM
from serving import served

from dsrl_agent.explain.page.live import session as session_module
from dsrl_agent.explain.page.live.facts_editing import FactEditing
from dsrl_agent.explain.page.live.painting import PixelEditing
from dsrl_agent.explain.page.live.session import LiveSession
from dsrl_agent.front_end.relations import greedy_actions

DRIVER = shutil.which("chromedriver")
missing = [
    of for of in ("selenium", "starlette", "uvicorn") if importlib.util.find_spec(of) is None
]
if CHROMIUM is None or DRIVER is None:
    missing.append("Chromium with chromedriver")
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"without {', '.join(missing)}"),
    pytest.mark.slow,
    pytest.mark.usefixtures("one_thread"),
]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    profile: Path = tmp_path_factory.mktemp("profile")
    for argument in ("headless=new", "no-sandbox", "disable-gpu", f"user-data-dir={profile}"):
        options.add_argument(f"--{argument}")
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
    yield found
    found.quit()


class Page:
    """The page of a session, as a person uses it."""

    def __init__(self, driver: Any, session: LiveSession, port: int) -> None:
        self.driver, self.session = driver, session
        driver.get_log("browser")
        driver.get(f"http://127.0.0.1:{port}/")
        self.shown = 1

    def asked(self, script: str, *given: Any) -> Any:
        return self.driver.execute_script(script, *given)

    def wait(self) -> None:
        """Wait until the page shows the answer to one more command."""
        from selenium.webdriver.support.ui import WebDriverWait

        self.shown += 1
        now = "return Number(document.documentElement.dataset.shown)"
        WebDriverWait(self.driver, 10, 0.02).until(lambda _: self.asked(now) >= self.shown)

    def click(self, selector: str) -> None:
        found = self.driver.find_element("css selector", selector)
        self.asked("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()

    def tool(self, name: str) -> None:
        self.click(f"input[name=tool][value={name}]")

    def point_at(self, row: int, col: int) -> None:
        """Click in the middle of a cell."""
        from selenium.webdriver import ActionChains

        board = self.driver.find_element("css selector", ".board")
        self.asked("arguments[0].scrollIntoView({block: 'center'})", board)
        down, right = self.session.point.board.lattice.middle((row, col))
        height, width = self.session.point.board.frame.shape[:2]
        # Offsets count from the middle of the element.
        x = round((right / width - 0.5) * board.size["width"])
        y = round((down / height - 0.5) * board.size["height"])
        ActionChains(self.driver, 10).move_to_element_with_offset(board, x, y).click().perform()

    def press(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    @property
    def said(self) -> str:
        return str(self.asked("return document.getElementById('said').textContent"))

    @property
    def action(self) -> str:
        return str(self.asked("return document.querySelector('#now h2 em')?.textContent"))

    def faults(self) -> list[Any]:
        return list(self.driver.get_log("browser"))


@contextmanager
def opened(driver: Any, session: LiveSession) -> Iterator[Page]:
    """Serve a session, open its page, and refuse errors of the console."""
    driver.set_window_size(1280, 1100)
    with served(session) as port:
        page = Page(driver, session, port)
        yield page
        assert page.faults() == []
        driver.get("about:blank")


@pytest.fixture
def page(driver: Any) -> Iterator[Page]:
    with opened(driver, session_of()) as page:
        yield page


def greedy_names(session: LiveSession) -> list[str]:
    """Return the names of the greedy actions, asked of the front end itself."""
    front_end, board = session.agent.front_end, session.point.board
    episode = front_end.begin(session.agent.perception.shape_of(board.frame))
    front_end.decide(board.facts, episode, np.random.default_rng(0), 0.0)
    best = greedy_actions(front_end.values(board.facts, episode).values)
    return [session.decision.why.actions[action] for action in best]


def test_clicks_edit_the_board_and_the_action_is_the_front_ends(page: Page) -> None:
    page.tool("remove")
    page.point_at(3, 3)
    page.wait()
    assert type_at(page.session, 3, 3) == 0
    assert greedy_names(page.session) == ["right"] == [page.action]
    page.tool("move")
    page.point_at(1, 2)
    page.point_at(1, 0)
    page.wait()
    assert greedy_names(page.session) == ["left"] == [page.action]
    assert "Now it goes left" in page.said
    page.click("#things label:nth-of-type(2)")  # the cross; putting is chosen with it
    page.point_at(0, 1)
    page.wait()
    assert page.action in greedy_names(page.session)
    assert len(facts_of(page.session)) == 4
    page.click("#back")
    page.wait()
    assert greedy_names(page.session) == ["left"] == [page.action]
    page.click("#forth")
    page.wait()
    assert page.session.point.total == 1.0
    assert "return +1.00" in page.asked("return document.getElementById('where').textContent")


def require_action(page: Page, name: str) -> None:
    """Require the action that the front end chooses; rules, which plan, have no other as good."""
    best = greedy_names(page.session)
    assert page.action in best
    if page.session.agent.front_end.kind == "rules":
        assert best == [name]


def edit_facts_or_pixels(page: Page, *, shows: bool) -> None:
    """Take the cross away and move the circle; `shows` says whether the frame is to change."""
    source = "return document.querySelector('.frame img').src"
    shown = page.asked(source)
    page.tool("remove")
    page.point_at(3, 3)
    page.wait()
    assert (page.asked(source) != shown) == shows
    if shows:
        assert type_at(page.session, 3, 3) == 0
    require_action(page, "right")
    page.tool("move")
    page.point_at(1, 2)
    page.point_at(1, 0)
    page.wait()
    require_action(page, "left")


@pytest.mark.parametrize("kind", ["rules", "relational"])
def test_pixels_are_edited_where_a_world_has_no_editor(driver: Any, kind: str) -> None:
    with opened(driver, session_of(kind, editor=False)) as page:
        assert isinstance(page.session.ways[0], PixelEditing)
        edit_facts_or_pixels(page, shows=True)
        page.click("#back")
        page.wait()
        require_action(page, "right")
        page.click("#forth")
        page.wait()
        assert page.session.point.number == 1
        assert page.action in greedy_names(page.session)


@pytest.mark.parametrize("kind", ["rules", "relational"])
def test_facts_are_edited_where_cells_are_small(
    driver: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "LEAST_SIDE", 1000)  # as if the cells were too small
    with opened(driver, session_of(kind, editor=False)) as page:
        assert isinstance(page.session.ways[0], FactEditing)
        edit_facts_or_pixels(page, shows=False)
        page.click("#forth")  # the edit holds for one step: the cross is seen again
        page.wait()
        assert page.action in greedy_names(page.session)


def test_a_question_changes_nothing_and_a_colour_changes_pixels(page: Page) -> None:
    page.tool("remove")
    page.click("#ask")
    before = page.asked("return document.querySelector('.frame img').src")
    page.point_at(2, 0)
    page.wait()
    assert page.said.startswith("If the disc at [2, 0] were not there")
    assert page.asked("return document.querySelector('.frame img').src") == before
    assert page.session.steps_back == 0
    page.click("#ask")
    page.click("#colours label:nth-of-type(5)")
    page.point_at(2, 0)
    page.wait()
    assert page.asked("return document.querySelector('.frame img').src") != before
    page.click("[data-why-not='0']")
    page.wait()
    assert "left" in page.said
    page.click("[data-action='3']")
    page.wait()
    assert page.said.startswith("By hand it went down")


def test_a_belief_is_edited_and_acted_on(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.tool("remove")
    page.point_at(3, 3)
    page.wait()
    assert page.action == "right"
    cross = type_at(page.session, 1, 2)
    (key,) = (one.key for one in page.session.revisable if f"touching type {cross}:" in one.says)
    page.click(f"input[data-key='{key}'][data-name=reward]")
    page.press(Keys.CONTROL, "a")
    page.press("-2", Keys.TAB)
    page.wait()
    assert page.action in greedy_names(page.session)
    assert page.session.decision.why.values[1] < 0.0
    assert "-2.00" in page.asked("return document.getElementById('beliefs').textContent")
    page.click("#restore")
    page.wait()
    assert greedy_names(page.session) == ["right"] == [page.action]


def test_keys_step_and_edit(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.press(Keys.ARROW_RIGHT)
    page.wait()
    assert page.session.point.number == 1
    page.press(Keys.ARROW_LEFT)
    page.wait()
    assert page.session.point.number == 0
    page.tool("remove")
    page.asked("document.querySelector('.board').focus()")
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert "row 2, column 0: disc" in page.asked(
        "return document.querySelector('.board').getAttribute('aria-label')"
    )
    page.press(Keys.ENTER)
    page.wait()
    assert type_at(page.session, 2, 0) == 0
    assert page.asked("return document.activeElement.className") == "board"


def test_playing_goes_on_to_the_end(page: Page) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    page.asked("document.getElementById('speed').value = '150'")
    page.click("#play")
    WebDriverWait(page.driver, 20).until(
        lambda _: page.asked("return document.getElementById('forth').disabled")
    )
    assert page.session.point.ended == "finished"
    assert page.session.point.total == 2.0


@pytest.mark.parametrize("width", [390, 820, 1920])
def test_a_page_is_no_wider_than_its_window_and_its_buttons_are_large(
    page: Page, width: int
) -> None:
    view = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", view)
    try:
        scrolled, small = page.asked(
            "return [document.documentElement.scrollWidth,"
            " [...document.querySelectorAll('button, .fields input, .fields select')]"
            ".filter((one) => one.offsetHeight < 44).length]"
        )
        assert scrolled <= width
        assert small == 0
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
