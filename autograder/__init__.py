"""The engine; it knows no chapter. What students and authors use of it is called ``handgrad``."""
