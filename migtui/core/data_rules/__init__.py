"""Whether work on rows commutes with what another branch does to the same model.

Each rule looks at what one operation does to a model's rows, as far as it was read, and at one
effect of another branch's operation. That a field or model has to be there is not said here: the
walk sees it.
"""
