"""What Django loads of migtui where it is in INSTALLED_APPS: a command and system checks.

Apart because it runs in the project's own process, where Django is loaded already; nothing else
of migtui imports it.
"""
