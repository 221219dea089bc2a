"""What statements make of a schema, followed without a database.

Django asks the database for names that it does not keep itself. They follow from the statements
that ran before: ``tokens`` takes them apart, ``definitions`` reads what a table or column consists
of, ``statements`` carries them out on a ``catalogue``, which knows by what rules a server names
things and what it drops along with others.
"""
