"""One module per capability; both front ends call these and nothing below them.

A service never asks a question: answers are arguments.
"""
