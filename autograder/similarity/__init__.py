"""Which submissions look copied: what students wrote, compared as data and never run."""
