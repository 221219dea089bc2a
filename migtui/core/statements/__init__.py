"""Reads SQL of PostgreSQL, MySQL, MariaDB and SQLite: what each statement asks a database for.

``tokens`` takes a text apart as the vendor spells it, ``cursor`` walks over it, ``columns`` and
``alter_table`` read what a table consists of, ``reading`` makes a ``change.Change`` of each thing
that a statement does. ``core.ddl`` follows them for names, ``core.hazards`` judges them.
"""
