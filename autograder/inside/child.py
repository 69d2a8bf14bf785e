"""What a child does: it runs the cells of a notebook, then it evaluates what it is asked.

It judges nothing. Everything that it sends is data for the judge on the other side.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
from types import ModuleType
from typing import Any, cast

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.profiledir import ProfileDir
from IPython.display import display
from traitlets import Type
from traitlets.config import Config

from . import channel, writing
from .borrower import Borrower
from .evaluator import Evaluator, call_back
from .frontend import AwayFromHome
from .wire import WireError, decode, encode

MOST_OUTPUT = 1 << 20
"""Characters of text that are sent of what one cell prints; the grader keeps fewer."""
LONGEST_TEXT = 1 << 18
"""Characters of text in one message: there a letter may take twelve bytes."""
MOST_PICTURES = 8
LARGEST_PICTURE = 4 << 20


class Outputs:
    """Sends what a cell shows, as it shows it, up to a limit.

    Attributes
    ----------
    connection : socket or None
        Where to; None until the child serves.
    folder : str
        The current folder at the start.
    """

    def __init__(self) -> None:
        self.connection: socket.socket | None = None
        self.folder = "/"
        self.start_cell()

    def start_cell(self) -> None:
        self.text_left = MOST_OUTPUT
        self.pictures_left = MOST_PICTURES

    def send(self, output: dict[str, Any]) -> None:
        if self.connection is None:
            return
        try:
            frame = encode(output)
        except WireError:  # which is no error of the code that shows it
            text = "(What was shown here is too large to be kept.)\n"
            frame = encode({"output_type": "stream", "name": "stderr", "text": text})
        channel.send(self.connection, channel.OUTPUT, frame)

    def stream(self, name: str, text: str) -> None:
        if self.text_left > 0:
            kept = text[: self.text_left]
            for start in range(0, len(kept), LONGEST_TEXT):
                part = kept[start : start + LONGEST_TEXT]
                self.send({"output_type": "stream", "name": name, "text": part})
        self.text_left -= len(text)

    def data(self, output_type: str, bundle: dict[str, Any], alt: Any = None) -> None:
        """Send what is displayed: plain text and PNG pictures only."""
        kept = {}
        text, picture = bundle.get("text/plain"), bundle.get("image/png")
        if isinstance(text, str) and self.text_left > 0:
            kept["text/plain"] = text[: min(self.text_left, LONGEST_TEXT)]
            self.text_left -= len(text)
        if isinstance(picture, str) and len(picture) < LARGEST_PICTURE and self.pictures_left > 0:
            kept["image/png"] = picture
            self.pictures_left -= 1
        if kept:
            description = alt if isinstance(alt, str) else ""
            self.send({"output_type": output_type, "data": kept, "alt": description})


OUTPUTS = Outputs()


class Stream(io.TextIOBase):
    """Standard output, or standard error, of the cells."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, text: str) -> int:
        OUTPUTS.stream(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """Takes what ``display`` shows."""

    def publish(self, data: dict[str, Any], metadata: Any = None, **_: Any) -> None:
        about = metadata.get("image/png") if isinstance(metadata, dict) else None
        OUTPUTS.data("display_data", data, about.get("alt") if isinstance(about, dict) else None)


class Hook(DisplayHook):  # type: ignore[misc]
    """Takes the value of a cell's last line."""

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        OUTPUTS.data("execute_result", format_dict)

    def finish_displayhook(self) -> None:
        pass


class Compiler(CachingCompiler):  # type: ignore[misc]
    """Names the code of each cell after the cell's number in the notebook."""

    cell = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.cell}>"


class Shell(AwayFromHome):
    """IPython without a terminal, a history or a kernel."""

    compiler_class = Type(Compiler)
    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        text = str(evalue)[:2000]
        # Where the assignment lies is another folder each time.
        lines = [line.replace(f"{OUTPUTS.folder}/", "")[:2000] for line in stb[:100]]
        OUTPUTS.send(
            {
                "output_type": "error",
                "ename": etype.__name__[:100],
                "evalue": text,
                "traceback": lines,
            }
        )


def make_shell() -> Shell:
    """Return the shell in which the cells are going to run. Called once, in the warm parent."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    # "tight" would draw each figure twice, the first time to see where it ends.
    config.InlineBackend.print_figure_kwargs = {"bbox_inches": None}
    # No profile: nothing can be written here.
    shell: Shell = Shell.instance(
        config=config, user_module=ModuleType("__main__"), ipython_dir="/", profile_dir=ProfileDir()
    )
    sys.modules["__main__"] = shell.user_module
    if "matplotlib.pyplot" in sys.modules:
        shell.enable_matplotlib("inline")
        _draw_once()
        _keep_inline()
    if "tqdm.auto" in sys.modules:
        _quiet_tqdm()
    sys.modules["handgrad"] = _quiet_handgrad()
    return shell


def _draw_once() -> None:
    """Draw a figure, so that no child has to load the fonts and the grammar of formulas."""
    pyplot: Any = sys.modules["matplotlib.pyplot"]
    figure, axes = pyplot.subplots()
    axes.loglog([1, 10], [1, 10], label="$x^2$")
    axes.set_title("title")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    pyplot.close(figure)


def _keep_inline() -> None:
    """Let figures be shown inline whatever is asked for: there is no other screen."""
    for module, name in (("matplotlib", "use"), ("matplotlib.pyplot", "switch_backend")):
        setattr(sys.modules[module], name, lambda *_, **__: None)


def _quiet_tqdm() -> None:
    """Let progress bars do without widgets, and without a thread that watches them."""
    bars: Any = sys.modules["tqdm.auto"]
    bars.tqdm.monitor_interval = sys.modules["tqdm"].tqdm.monitor_interval = 0
    sys.modules["tqdm.notebook"] = bars


def _quiet_handgrad() -> ModuleType:
    """Return what the cells import as ``handgrad``: a check shows nothing here."""
    module: Any = ModuleType("handgrad")
    module.check = lambda *tasks: None
    module.STYLE = {}
    module.show_figure = _show_figure
    return cast(ModuleType, module)


def _show_figure(figure: Any, alt: str) -> None:
    display(figure, metadata={"image/png": {"alt": alt}})
    sys.modules["matplotlib.pyplot"].close(figure)


def serve(connection: socket.socket, shell: Shell, line: socket.socket | None) -> None:
    """Run cells and answer requests until the other end closes."""
    OUTPUTS.connection = connection
    with contextlib.suppress(OSError):  # should the folder have been removed meanwhile
        OUTPUTS.folder = os.getcwd()
    if OUTPUTS.folder != "/":
        writing.install(OUTPUTS.folder)
    sys.stdin = io.StringIO()
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    borrower = None if line is None else Borrower(line)
    evaluator = Evaluator(
        shell.user_ns, lambda *call: call_back(connection, evaluator, *call), borrower
    )
    with contextlib.suppress(channel.Closed, WireError):
        while True:
            kind, frame = channel.receive(connection)
            if kind == channel.RUN:
                run_cell(connection, shell, frame)
            elif kind == channel.ASK:
                OUTPUTS.text_left = OUTPUTS.pictures_left = 0  # nobody is shown the inputs
                channel.send(connection, channel.ANSWER, evaluator.answer(frame))


def run_cell(connection: socket.socket, shell: Shell, frame: bytes) -> None:
    """Run a cell, and say when it has run; what it raises is an output like any other."""
    request = decode(frame)
    shell.compile.cell = request["cell"]
    OUTPUTS.start_cell()
    with contextlib.suppress(Exception, SystemExit):
        shell.run_cell(request["source"].decode(), store_history=True)
    channel.send(connection, channel.DONE, encode(request["cell"]))
