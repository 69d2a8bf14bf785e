"""The course on the web: the site, notebooks to download, JupyterLab in the browser alone."""
