"""From chapters and assignments to notebooks and workbooks."""
