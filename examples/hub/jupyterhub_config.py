"""A JupyterHub for one class: README.md beside this file says how to set it up.

Two things can be said from outside, in the environment:

HANDGRAD_HUB_PORT
    The port of its pages, 8000 by default. The two ports after it are its own.
HANDGRAD_HUB_TRIAL
    A password: the hub then needs neither root nor accounts, and keeps all that it has in the
    folder in which it is started. The users are `TEACHER` and `STUDENTS` below. They are one
    account, so nothing is kept from anybody: to look at, not to teach with.
"""

import grp
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821

HERE = Path(__file__).resolve().parent
PROGRAMS = Path(sys.prefix) / "bin"
PORT = int(os.environ.get("HANDGRAD_HUB_PORT", "8000"))
TRIAL = os.environ.get("HANDGRAD_HUB_TRIAL", "")
GROUPS = {"students", "instructors"}
# In a trial; else the machine's groups say who is who.
TEACHER, STUDENTS = "teacher", {"ada", "ben"}

# Plain HTTP, for this machine alone: the world sees a web server in front of it, with TLS.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_port = PORT + 1
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(PROGRAMS / "configurable-http-proxy")]
c.JupyterHub.cleanup_servers = True

c.Spawner.cmd = [str(PROGRAMS / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.environment = {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
# A login shell, which terminals would have, sets PATH anew: `handgrad` would not be found.
c.Spawner.args = ["--ServerApp.terminado_settings=shell_command=bash"]

if not TRIAL:
    # Whoever has an account of this machine and is in one of two of its groups.
    if missing := GROUPS - {one.gr_name for one in grp.getgrall()}:
        sys.exit(f"This machine has no group {' and no group '.join(missing)}: see README.md.")
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.allowed_groups = GROUPS
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
else:
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = TRIAL
    c.Authenticator.allowed_users = {TEACHER, *STUDENTS}
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = f"{Path.cwd()}/{{username}}"
    c.Spawner.environment["HANDGRAD_HUB_EXCHANGE"] = str(Path.cwd() / "exchange")
    if os.geteuid() == 0:
        c.Spawner.args.append("--allow-root")


def is_instructor(name):
    """Return whether the menu of a user has what an instructor needs: rights are the files'."""
    return name == TEACHER if TRIAL else name in grp.getgrnam("instructors").gr_mem


def choose_settings(spawner):
    """Give instructors the formgrader of their class, and students a menu without it."""
    name = spawner.user.name
    role = "instructor" if is_instructor(name) else "student"
    folders = [HERE / role]
    if TRIAL:
        folders.insert(0, HERE / "trial")
        spawner.environment["HANDGRAD_HUB_STUDENT"] = name if role == "student" else "*"
    spawner.environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(map(str, folders))


c.Spawner.pre_spawn_hook = choose_settings
