"""One submission in the sandbox: its cells run there, and it answers what it is asked.

The child is hostile. Whatever it sends is data, and how long it takes is measured here. Where it
breaks a limit it is killed; a new child then runs the cells again, all but the one that broke it.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any, Self

from autograder.authoring.implementation import Stopped
from autograder.inside import channel
from autograder.inside.wire import WireError, decode, encode
from autograder.sandbox import Child, Ended, Zygote
from autograder.sandbox.budget import Budget, why_ended
from autograder.sandbox.deadlines import PATIENCE, SLICE, Clock, Deadline, Queue, Watched
from autograder.sandbox.outputs import as_output

MOST_CALLBACKS = 10_000
MOST_OUTPUTS = 2000
MOST_OUTPUT_BYTES = 32 << 20
"""Of all that the cells of a submission show; its notebook and its page have to hold it."""
MOST_REPLY_BYTES = 64 << 20
"""Of all that the checks of one task get back; the grader has to hold it and to compute with it."""
SECONDS_TO_END = 0.5
"""What a child that has closed its end may compute until it has ended."""


class Session:
    """A link to a submission's evaluator.

    Parameters
    ----------
    zygote : Zygote
        Where the children come from.
    cells : list of (int, str)
        The number and the source of each cell that is to be run.
    budget : Budget
        What the submission may use.

    Attributes
    ----------
    outputs : dict
        What each cell showed, as outputs of a notebook.
    stops : dict
        The cells that were stopped, with the sentence that says why.
    cut : set of int
        The cells that showed more text than is kept.
    full_at : int or None
        The cell at which the submission had shown all that is kept of it.
    cpu_seconds : float
        CPU time of all children that have ended.
    line : socket or None
        The other end of the line over which the child that there is borrows. Nobody here reads it.
    queue : Queue
        Who works for the submission, and for how long they have waited for a core.
    """

    def __init__(self, zygote: Zygote, cells: list[tuple[int, str]], budget: Budget) -> None:
        self.zygote = zygote
        self.cells = cells
        self.budget = budget
        self.outputs: dict[int, list[dict[str, Any]]] = {}
        self.stops: dict[int, str] = {}
        self.cut: set[int] = set()
        self.full_at: int | None = None
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self.deadline: Deadline | None = None
        self.queue = Queue()
        self._clock = Clock(self.queue)
        self._room = MOST_OUTPUT_BYTES
        self._outputs_left = MOST_OUTPUTS
        self._reply_room = MOST_REPLY_BYTES
        self.line: socket.socket | None = None
        self._child: Child | None = None
        self._watched: Watched
        self._task: Deadline
        self._children = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._end()
        self._close_line()

    def run_cells(self) -> None:
        """Make sure that there is a child in which the cells have run.

        Raises
        ------
        Stopped
            If the submission has used up its time or its restarts.
        """
        while self._child is None:
            self._require_time()
            if self._children > self.budget.restarts:
                raise Stopped("the submission had to be stopped too often")
            if self.cpu_seconds > self.budget.total_seconds:
                raise Stopped(
                    f"the submission used up its {self.budget.total_seconds:g} s of computing"
                )
            self._child = self._fork()
            self._child.socket.settimeout(SLICE)
            self._watched = Watched(self._child.socket, self._watch)
            self._children += 1
            try:
                self._run_all()
            except BaseException:
                # A child in which not all cells have run is not to be asked anything.
                self.stop("")
                raise

    def _fork(self) -> Child:
        self.line, theirs = socket.socketpair()
        with theirs:
            child = self.zygote.fork(self.budget.limits, line=theirs)
        self.queue.join(child)
        return child

    def _require_time(self) -> None:
        longest = PATIENCE * self.budget.total_seconds
        if self._clock.at_most() > longest and self._clock.seconds() > longest:
            raise self.stop(f"the submission did not end within {longest:g} seconds")

    def _run_all(self) -> None:
        for number, source in self.cells:
            if number in self.stops:
                continue
            self._require_time()
            try:
                # As bytes: in the header a letter that is not ASCII takes up to twelve.
                frame = encode({"cell": number, "source": source.encode("utf-8", "replace")})
            except WireError:
                self.stops[number] = "this cell is too large to be run"
                continue
            try:
                self._run(number, frame)
            except Stopped as stopped:
                self.stops[number] = str(stopped)
                return

    def _run(self, number: int, frame: bytes) -> None:
        is_new = number not in self.outputs
        left = self.budget.output_characters
        shown = self.outputs.setdefault(number, [])
        with self.limit(self.budget.cell_seconds, "this cell"):
            self._send(channel.RUN, frame)
            while True:
                kind, frame = self._receive()
                if kind == channel.DONE:
                    return
                if kind != channel.OUTPUT:
                    raise self.stop("the submission broke off the conversation with the grader")
                if not is_new:
                    continue
                self._room -= len(frame)
                if self._room >= 0 and (self._outputs_left > 0 or shown):
                    left -= self._show(number, frame, left)
                    if left < 0:
                        self.cut.add(number)
                else:
                    self._note_full(number)

    def _note_full(self, number: int) -> None:
        self.full_at = number if self.full_at is None else self.full_at

    def _show(self, number: int, frame: bytes, left: int) -> int:
        """Add an output; return how many characters of text it has, kept or not."""
        shown = self.outputs[number]
        output = as_output(_decoded(self, frame))
        holder = output.get("data", output)
        key = "text/plain" if "data" in output else "text"
        size = len(holder.get(key, ""))
        if size:
            holder[key] = holder[key][: max(left, 0)]
        last = shown[-1] if shown else {}
        if output["output_type"] == last.get("output_type") == "stream" and (
            output["name"] == last["name"]
        ):
            last["text"] += output["text"]
        elif self._outputs_left > 0:
            shown.append(output)
            self._outputs_left -= 1
        else:
            self._note_full(number)
        return size

    @contextlib.contextmanager
    def limit(self, seconds: float, what: str) -> Iterator[None]:
        """Hold what happens inside to so many seconds of computing."""
        if self._child is None:
            raise Stopped("the submission is not running")
        self.deadline = Deadline(self._child, seconds, what, self.queue)
        try:
            yield
        finally:
            self.deadline = None

    def stop(self, reason: str) -> Stopped:
        """End the child; return what is to be raised."""
        if self._child is not None:
            self._child.kill()
            self._end()
        return Stopped(reason)

    def begin_task(self) -> None:
        """Start the clock of a task, whose checks are held to limits together."""
        assert self._child is not None
        self._reply_room = MOST_REPLY_BYTES
        self._task = Deadline(self._child, self.budget.task_seconds, "this task", self.queue)

    def go_on(self) -> None:
        """Raise Stopped if the task, or the submission, has used up its time."""
        self._require_time()
        if self._task.clock.at_most() > self._task.seconds and (reason := self._task.passed()):
            raise self.stop(reason)

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        """Send a request to the evaluator and return its reply (see `Link`)."""
        self._send(channel.ASK, frame)
        for _ in range(MOST_CALLBACKS):
            kind, reply = self._receive()
            self._reply_room -= len(reply)
            if self._reply_room < 0:
                most = MOST_REPLY_BYTES >> 20
                raise self.stop(f"this task was stopped: its code gave back more than {most} MiB")
            if kind == channel.ANSWER:
                return reply
            if kind == channel.CALL:
                call = _decoded(self, reply)
                number, arguments = call.get("function"), call.get("arguments")
                if type(number) is not int or number < 0 or type(arguments) is not bytes:
                    raise self.stop("the submission broke off the conversation with the grader")
                self._send(channel.RETURN, answer_callback(number, arguments))
            elif kind != channel.OUTPUT:
                break
        raise self.stop("the submission broke off the conversation with the grader")

    def _send(self, kind: bytes, frame: bytes) -> None:
        assert self._child is not None
        data = memoryview(kind + frame)
        while data:
            try:
                data = data[self._child.socket.send(data) :]
            except TimeoutError:
                self._watch()
            except OSError:
                raise self._died() from None

    def _receive(self) -> tuple[bytes, bytes]:
        """Wait for one message, with an eye on the clock."""
        try:
            return channel.receive(self._watched)
        except WireError:
            raise self.stop("the submission broke off the conversation with the grader") from None
        except (channel.Closed, OSError):
            raise self._died() from None

    def _watch(self) -> None:
        if self.deadline is not None and (reason := self.deadline.passed()):
            raise self.stop(reason)

    def _died(self) -> Stopped:
        return Stopped(why_ended(self._end(), self.budget))

    def _end(self) -> Ended:
        """See the child end, or kill it, and add up what it used."""
        assert self._child is not None
        child, self._child = self._child, None
        self.queue.look()  # nobody can say afterwards for how long it has waited
        last = Deadline(child, SECONDS_TO_END, "", self.queue)
        child.socket.close()
        self._close_line()
        while True:
            try:
                ended = child.wait(timeout=SLICE)
                break
            except TimeoutError:
                if last.passed():
                    child.kill()
        self.cpu_seconds += ended.cpu_seconds
        self.peak_bytes = max(self.peak_bytes, ended.max_rss_bytes)
        return ended

    def _close_line(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


def _decoded(session: Session, frame: bytes) -> dict[str, Any]:
    try:
        content = decode(frame)
    except WireError:
        content = None
    if not isinstance(content, dict):
        raise session.stop("the submission broke off the conversation with the grader")
    return content
