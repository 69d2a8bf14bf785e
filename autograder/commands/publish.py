"""The commands that put the course on the web: ``handgrad lite`` and ``handgrad notebooks``."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from autograder.commands.terminal import progress

NEEDED = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "hatchling")
NO_FIGURES = click.option("--no-figures", is_flag=True, help="Do not run pages to have figures.")
FOLDER = click.argument("folder", type=click.Path(path_type=Path))


@click.command()
@FOLDER
@NO_FIGURES
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with a distribution of Pyodide, so that nothing comes from elsewhere.",
)
def lite(folder: Path, no_figures: bool, pyodide: Path | None) -> None:
    """Build the course for the browser alone in FOLDER: plain files for any web server.

    JupyterLab and Python run in the reader's browser, by JupyterLite. Pyodide's core is fetched
    from npm, and packages of plain Python from PyPI.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"This command needs {missing[0]}: install it with 'pip install handgrad[lite]'."
        )
    from autograder.publishing.lite import build_lite

    with progress([], "Building the site") as bar:
        elsewhere = build_lite(
            folder,
            lambda parts: bar.reset(total=parts),
            lambda _: bar.update(),
            choose=lambda due: [] if no_figures else due,
            pyodide=pyodide,
        )
    click.echo(f"The site lies in {folder}. To see it here: python -m http.server -d {folder}")
    if elsewhere:
        click.echo(f"The browser fetches from where Pyodide has them: {', '.join(elsewhere)}.")


@click.command()
@FOLDER
@NO_FIGURES
@click.option(
    "--repository",
    envvar="HANDGRAD_REPOSITORY",
    default="",
    help="The address from which git clones the course; or HANDGRAD_REPOSITORY says it.",
)
@click.option("--site", default="", help="The address of the course's site, for links to it.")
def notebooks(folder: Path, no_figures: bool, repository: str, site: str) -> None:
    """Write each page as a notebook that stands by itself into FOLDER.

    Its second cell installs the course where it is not installed, as on Colab.
    """
    if folder.exists() and any(folder.iterdir()):  # a reader's own notebooks may lie there
        raise click.ClickException(f"The folder {folder} holds files: name an empty or a new one.")
    from autograder.building.pages import all_pages
    from autograder.building.running import run_pages
    from autograder.publishing.downloads import write_downloads

    pages = all_pages()
    with progress([], "Writing the notebooks") as bar:
        bar.reset(total=len(pages))
        ran = run_pages(pages, lambda _: bar.update(), choose=lambda due: [] if no_figures else due)
    write_downloads(folder, ran, repository, site)
    click.echo(f"The notebooks lie in {folder}.")
    if not repository:
        click.echo("They ask for the address of the repository: --repository says it.")
