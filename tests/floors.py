"""Print the floor of each dependency as a constraint for pip: ``make test-floors`` tests them."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
groups = project["optional-dependencies"]
lists = [project["dependencies"], *(group for name, group in groups.items() if name != "cupy")]
for requirement in (one for group in lists for one in group):
    if ">=" in requirement:
        name, floor = requirement.split(">=")
        print(re.sub(r"\[.*\]", "", name) + "==" + floor)
