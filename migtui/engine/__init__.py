"""The engine: a child process, under the project's interpreter, that asks Django.

``protocol`` and ``client`` are the parent's side and import no Django; the rest runs in the child.
"""
