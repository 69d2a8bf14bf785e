"""What all tests share."""

import signal
import sys

import hypothesis
import pytest
from tqdm import tqdm

# JupyterLab's schema checker can bring a parser along that takes seconds to set up (see cli.py).
sys.modules.setdefault("rfc3987_syntax", None)

# A shell that starts the tests in the background lets them ignore it, and with them all that they
# start: nothing could be interrupted.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Its thread would live on in all tests that follow, and keep the grader from forking workers.
tqdm.monitor_interval = 0

# The same examples every time; others are tried by --hypothesis-profile=others --hypothesis-seed=N.
# How long an example takes on a busy machine is no fault.
for name, is_same in (("others", False), ("same", True)):
    hypothesis.settings.register_profile(
        name,
        derandomize=is_same,
        database=None,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("same")


def pytest_addoption(parser):
    """Let the claims of the pages be tried at every seed: it takes three times as long."""
    parser.addoption(
        "--every-seed", action="store_true", help="run each page at every seed, not at the first"
    )


@pytest.fixture(scope="session", autouse=True)
def _own_cache(request, tmp_path_factory):
    """Keep what is cached, and where workbooks lie, out of the home folder."""
    from sharing import cache_home

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache_home(request.config, tmp_path_factory)))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_collection_modifyitems(items):
    """Begin with what takes long, so that no process is left alone with it at the end."""
    from sharing import place_of

    items.sort(key=lambda item: place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Deal the tests out to processes, where there are several."""
    from sharing import InPieces

    if config.getvalue("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return InPieces(config, log)
