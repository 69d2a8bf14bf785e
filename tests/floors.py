"""Print the floor of each dependency as a constraint for pip: ``make test-floors`` tests them."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
groups = project["optional-dependencies"]
for requirement in [*project["dependencies"], *groups["instructor"], *groups["dev"]]:
    if ">=" in requirement:
        name, floor = requirement.split(">=")
        print(re.sub(r"\[.*\]", "", name) + "==" + floor)
