"""What all tests share."""

import sys

# JupyterLab's schema checker can bring a parser along that takes seconds to set up (see cli.py).
sys.modules.setdefault("rfc3987_syntax", None)
