"""Decisions: functions from frozen values to frozen values, without any input or output."""
