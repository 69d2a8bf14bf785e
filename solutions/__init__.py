"""The reference package: one module per chapter, plus ``arrays`` and ``datasets``."""
