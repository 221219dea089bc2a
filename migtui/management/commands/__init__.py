"""``manage.py migtui``."""
