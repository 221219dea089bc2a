"""What screens are made of: one widget a pane, never one a row."""
