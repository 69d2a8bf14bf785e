"""The sandbox: strangers' code runs in confined children of a warm parent, the zygote.

    with Zygote(probe(), readable=folder) as zygote, zygote.fork(Limits()) as child:
        child.socket.sendall(request)

Two layers hold independently. The inner one a child puts on itself (`autograder.inside.confine`);
the outer one is bubblewrap around the zygote (`command`). What they reach is found by trying
(`probe`), and never silently less.
"""

from .probing import probe
from .process import Child, Zygote
from .terms import Ended, Isolation, Limits, SandboxFailed, SandboxUnavailable

__all__ = [
    "Child",
    "Ended",
    "Isolation",
    "Limits",
    "SandboxFailed",
    "SandboxUnavailable",
    "Zygote",
    "probe",
]
