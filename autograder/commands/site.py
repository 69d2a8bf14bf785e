"""The command ``handgrad site``: the course as pages for a browser."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.commands.stopping import stoppable
from autograder.commands.terminal import progress


@click.command(hidden=True)
@click.argument("folder", type=click.Path(path_type=Path), default=Path("build/site"))
@click.option(
    "--claims",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which tests hold what the pages claim, as tests/claims.py prints it.",
)
@click.option("--no-figures", is_flag=True, help="Do not run the pages that were not run yet.")
@click.option(
    "--repository",
    envvar="HANDGRAD_REPOSITORY",
    default="",
    help="The address from which git clones the course; or HANDGRAD_REPOSITORY says it.",
)
@stoppable("Stopped. What was made so far is kept; run the command again, and it goes on.")
def site(folder: Path, claims: Path | None, no_figures: bool, repository: str) -> None:
    """Build the course as a site, in FOLDER/html: for whoever publishes it.

    The first time, all pages are run once, for their figures: that takes minutes. After that, only
    what has changed is built.
    """
    from autograder.publishing.claims import read_claims
    from autograder.publishing.site import build_site

    with progress([], "Building the site") as bar:
        first = build_site(
            folder,
            lambda parts: bar.reset(total=parts),
            lambda _: bar.update(),
            claims=read_claims(claims) if claims else [],
            repository=repository,
            choose=(lambda due: []) if no_figures else list,
        )
    click.echo(f"The site: {first}")
