"""A mistake is charged once: later tasks are judged with the earlier ones right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from notebooks import NAME, WRONG_NODES, edited, unsolved
from processes import family

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, ImplementationError
from autograder.building.assignments import write_notebook
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.reports import SubmissionReport
from autograder.grading.single import grade_submission
from autograder.sandbox import Isolation, Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session
from solutions import backpropagation, normalization

BORROWER = """
import numpy as np

def one_step(W, b, x):
    affine, relu = Affine(W, b), ReLU()
    kept = affine.params["W"] is W
    y = relu.forward(affine.forward(x))
    dx = affine.backward(relu.backward(np.ones_like(y)))
    affine.params["W"] -= 0.1 * affine.grads["W"]
    out = {"kept": kept, "y": y, "dx": dx, "grads": affine.grads, "W": W}
    return {**out, "next": affine.forward(x)}

def replaced(W, b, x):
    affine = Affine(W, b)
    affine.params["W"] = 2 * W
    return affine.forward(x)

def kink(x): return crosses_kink(lambda v: v > 0, x, (0,), h=0.1)
def clipped(grads): return clip_by_norm(grads, max_norm=1.0)
def trained(W, b): return TwoLayerNet({"W1": W, "b1": b}).loss(W, b)
def steps(params, x, labels):
    net, losses = TwoLayerNet(params), []
    for _ in range(3):
        losses.append(net.loss(x, labels))
        gradients = net.gradients(x, labels)
        for name in net.params:
            net.params[name] -= 0.1 * gradients[name]
    return losses
def is_one(W, b): return isinstance(Affine(W, b), Affine)
def greedy(): return relative_error(np.ones((1 << 14, 1)), np.ones(1 << 14))
"""


@pytest.fixture
def lender(isolation: Isolation) -> Iterator[Lender]:
    with Lender(NAME, isolation) as lender:
        yield lender


@contextmanager
def borrowing(zygote: Zygote, lender: Lender, names: Sequence[str], cell: str) -> Iterator[Any]:
    """Yield what a cell defines, in a child that borrows some names."""
    with Session(zygote, [(0, cell)], Budget()) as session:
        session.run_cells()
        impl = Implementation(session)
        lender.begin(names)
        with session.limit(5, "this check"), lender.lend(session):
            yield impl


@pytest.fixture
def borrower(zygote: Zygote, lender: Lender) -> Iterator[Any]:
    names = ("Affine", "ReLU", "crosses_kink", "clip_by_norm", "TwoLayerNet", "relative_error")
    with borrowing(zygote, lender, names, BORROWER) as impl:
        yield impl


@pytest.fixture
def W_b_x() -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 3))


def test_lent_layers_work_as_if_they_were_there(borrower: Any, W_b_x: Any) -> None:
    W, b, x = W_b_x
    got = borrower.one_step(W, b, x)
    affine, relu = backpropagation.Affine(W.copy(), b), backpropagation.ReLU()
    y = relu.forward(affine.forward(x))
    dx = affine.backward(relu.backward(np.ones_like(y)))
    affine.params["W"] -= 0.1 * affine.grads["W"]
    assert got["kept"] is True, "a layer holds the arrays that it is given"
    np.testing.assert_allclose(got["y"], y)
    np.testing.assert_allclose(got["dx"], dx)
    np.testing.assert_allclose(got["grads"]["W"], affine.grads["W"])
    np.testing.assert_allclose(got["W"], affine.params["W"])
    np.testing.assert_allclose(got["next"], affine.forward(x))


def test_what_the_borrower_replaces_is_used(borrower: Any, W_b_x: Any) -> None:
    W, b, x = W_b_x
    np.testing.assert_allclose(borrower.replaced(W, b, x), x @ (2 * W) + b)


def test_functions_of_the_borrower_can_be_called(borrower: Any) -> None:
    assert borrower.kink(np.array([0.05, 1.0])) is True
    assert borrower.kink(np.array([0.5, 1.0])) is False


CALLS = """
import numpy as np

def error(x, gradient):
    affine = Affine(np.eye(1), np.zeros(1))
    return gradient_check(lambda v: float(np.sum(affine.forward(v) ** 2)), x, gradient)[0]

def fails(x):
    def f(v): raise SystemExit("f does not like it")
    return gradient_check(f, x, x)

def kept():
    functions = [print, len]
    try:
        relative_error(functions, functions)
    except ValueError:
        return functions == [print, len]
"""


def test_a_function_of_the_borrower_can_use_what_is_lent(zygote: Zygote, lender: Lender) -> None:
    names = ["gradient_check", "relative_error", "Affine"]
    with borrowing(zygote, lender, names, CALLS) as impl:
        x = np.array([[3.0]])
        assert impl.error(x, 2 * x) < 1e-6
        with pytest.raises(ImplementationError, match="f does not like it"):
            impl.fails(np.ones((1, 1)))
        assert impl.error(x, x) > 0.1
        assert impl.kept() is True
    assert lender.used == set(names)


def test_what_is_lent_is_also_the_default_of_an_argument(zygote: Zygote, lender: Lender) -> None:
    cell = "def relative_error(a, b): return 9\ndef use(a, b, f=relative_error): return f(a, b)"
    lender.begin(["relative_error"])
    with Session(zygote, [(0, cell)], Budget()) as session:
        session.run_cells()
        impl: Any = Implementation(session)
        with session.limit(5, "this check"):
            assert impl.use(np.ones(1), np.ones(1)) == 9
            for _ in range(2):
                with lender.lend(session):
                    assert impl.use(np.ones(1), np.ones(1)) == 0


def test_a_lent_object_keeps_what_is_not_data(borrower: Any) -> None:
    """Such as the layers of a network, whose parameters the borrower changes in place."""
    rng = np.random.default_rng(0)
    params = {"W1": rng.normal(size=(5, 7)), "b1": rng.normal(size=7)}
    params |= {"W2": rng.normal(size=(7, 3)), "b2": rng.normal(size=3)}
    x, labels = rng.normal(size=(6, 5)), rng.integers(3, size=6)
    losses = borrower.steps(params, x, labels)
    net = backpropagation.TwoLayerNet({name: value.copy() for name, value in params.items()})
    batches = [np.arange(6)] * 3
    np.testing.assert_allclose(losses, backpropagation.train(net, x, labels, batches, 0.1))


FITTED = """
def turned(x):
    pca = PCA(2)
    return {"itself": pca.fit(x) is pca, "y": PCA(2).fit(x).transform(x), "mean": pca.mean}
"""


def test_a_lent_method_that_returns_its_object_returns_the_borrowers(
    zygote: Zygote, isolation: Isolation
) -> None:
    x = np.random.default_rng(0).normal(size=(6, 3))
    with (
        Lender("06_normalization", isolation) as lender,
        borrowing(zygote, lender, ["PCA"], FITTED) as impl,
    ):
        got = impl.turned(x)
    assert got["itself"] is True
    np.testing.assert_allclose(got["mean"], x.mean(axis=0))
    np.testing.assert_allclose(got["y"], normalization.PCA(2).fit(x).transform(x))


def test_keywords_and_classes(borrower: Any, W_b_x: Any) -> None:
    clipped, norm = borrower.clipped({"a": np.array([3.0, 4.0])})
    np.testing.assert_allclose(clipped["a"], [0.6, 0.8])
    assert norm == 5
    assert borrower.is_one(*W_b_x[:2]) is True


STEPS = """
def step(p, g):
    sgd_step(p, g, 0.5)
    return p
def deal(rng): return [rows for rows in minibatches(10, 4, rng)]
"""


def test_what_a_lent_function_changes_in_place_is_changed_here(
    zygote: Zygote, isolation: Isolation
) -> None:
    with (
        Lender("02_losses", isolation) as lender,
        borrowing(zygote, lender, ["sgd_step", "minibatches"], STEPS) as impl,
    ):
        np.testing.assert_array_equal(impl.step({"a": np.ones(2)}, {"a": np.ones(2)})["a"], 0.5)
        dealt = impl.deal(Draws(0).generator())
    assert [len(rows) for rows in dealt] == [4, 4, 2]
    assert sorted(np.concatenate(dealt)) == list(range(10))


def test_an_error_of_the_reference_is_an_error_of_the_call(borrower: Any) -> None:
    with pytest.raises(ImplementationError) as caught:
        borrower.trained(np.ones((2, 2)), np.ones(2))
    assert "ImplementationError" not in caught.value.message


def test_the_reference_cannot_be_made_to_fill_the_memory(borrower: Any) -> None:
    with pytest.raises(ImplementationError):
        borrower.greedy()  # 2 GiB for each intermediate result


# In a submission ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory, source_folder: Path) -> Examiner:
    return Examiner(source_folder, seed=3)


def grade(
    examiner: Examiner, zygote: Zygote, path: Path, notebook: Any
) -> tuple[SubmissionReport, dict[str, Any]]:
    write_notebook(notebook, path)
    report = grade_submission(examiner, zygote, "ada", path)
    return report, {task.name: task for task in report.tasks}


def test_an_earlier_mistake_is_charged_once(
    examiner: Examiner, zygote: Zygote, solved: Any, tmp_path: Path
) -> None:
    submission = edited(solved, nodes=WRONG_NODES)
    report, tasks = grade(examiner, zygote, tmp_path / "a.ipynb", submission)
    assert not tasks["nodes"].is_full
    assert tasks["shopping"].is_full
    assert tasks["shopping"].carried_from == ("nodes",)
    assert tasks["shopping"].points_alone < tasks["shopping"].points
    shown = "".join(
        str(cell.outputs)
        for cell in report.graded_notebook().cells
        if cell.id.startswith("shopping") and cell.get("outputs")
    )
    assert "builds on nodes" in shown
    assert {name for name, task in tasks.items() if not task.is_full} == {"nodes"}


def test_a_task_that_is_wrong_by_itself_stays_wrong(
    examiner: Examiner, zygote: Zygote, solved: Any, tmp_path: Path
) -> None:
    wrong = "class ShoppingGraph:\n    def forward(self, *numbers): return 0.0\n"
    submission = edited(solved, nodes=WRONG_NODES, shopping=wrong)
    _, tasks = grade(examiner, zygote, tmp_path / "a.ipynb", submission)
    assert tasks["shopping"].points == 0
    assert tasks["shopping"].carried_from == ()


def test_tasks_that_were_left_empty_are_not_done_for_anybody(
    examiner: Examiner, zygote: Zygote, solved: Any, tmp_path: Path
) -> None:
    _, tasks = grade(examiner, zygote, tmp_path / "a.ipynb", unsolved(solved))
    assert all(task.points == 0 and task.carried_from == () for task in tasks.values())


HUNT = """
import gc, sys
import numpy as np
class Affine: pass
def hunt():
    layer = Affine(np.ones((1, 1)), np.zeros(1))
    layer.forward(np.ones((1, 1)))
    modules = {str(getattr(thing, "__module__", "")) for thing in gc.get_objects()}
    return [name for name in {*modules, *sys.modules} if "backpropagation" in name]
"""


def test_the_lent_code_itself_does_not_come_in(zygote: Zygote, lender: Lender) -> None:
    with borrowing(zygote, lender, ["Affine"], HUNT) as impl:
        assert impl.hunt() == []
    assert lender.used == {"Affine"}


def test_the_reference_is_shut_in_as_a_submission_is(zygote: Zygote, lender: Lender) -> None:
    with borrowing(zygote, lender, ["crosses_kink"], BORROWER) as impl:
        impl.kink(np.array([0.5, 1.0]))
        assert lender._zygote is not None
        family_of_it = family(lender._zygote.pid)
        status = {pid: Path(f"/proc/{pid}/status").read_text() for pid in family_of_it}
        (child,) = [pid for pid, text in status.items() if "Seccomp:\t2" in text]
    lender.forget()
    assert not Path(f"/proc/{child}").exists()
