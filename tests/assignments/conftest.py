"""Fills in the parameters of the gate: every task, mistake, alternative and slip by itself."""

import pytest

pytest.register_assert_rewrite("gate")  # which is imported as a module, not collected as tests

from gate import Gate, alternatives, load, shortcuts, slips  # noqa: E402


def pytest_generate_tests(metafunc):
    if metafunc.cls is None or not issubclass(metafunc.cls, Gate):
        return
    name, wanted = metafunc.cls.assignment, set(metafunc.fixturenames)
    tasks = load(name).tasks
    if "mistake" in wanted:
        pairs = [(task, mistake) for task in tasks for mistake in task.misconceptions]
        ids = [f"{task.name}-{mistake.name}" for task, mistake in pairs]
        metafunc.parametrize(("task", "mistake"), pairs, ids=ids)
    elif found := wanted & {"alternative", "shortcut"}:
        others = (alternatives if "alternative" in found else shortcuts)(name)
        pairs = [(task, other) for task in tasks for other in others.get(task.name, [])]
        ids = [
            "-".join([task.name, *(v.__name__ for v in other.values())]) for task, other in pairs
        ]
        metafunc.parametrize(("task", *found), pairs, ids=ids)
    elif "slip" in wanted:
        pairs = [(task, slip) for task in tasks for slip in slips(name).get(task.name, [])]
        ids = [f"{task.name}-{mistake}" for task, (_, _, mistake) in pairs]
        metafunc.parametrize(("task", "slip"), pairs, ids=ids)
    elif "task" in wanted:
        metafunc.parametrize("task", tasks, ids=[task.name for task in tasks])
    if "body" in wanted:
        metafunc.parametrize(
            "body", ["raise NotImplementedError", "pass", "return lambda *a: None"]
        )
