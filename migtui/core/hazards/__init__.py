"""What is dangerous about SQL on a database that is in use.

``reading`` turns statements into changes, ``postgresql``, ``mysql`` and ``sqlite`` tell what each
change costs, ``rules`` say what is dangerous about it, ``judge`` puts them together.
"""
