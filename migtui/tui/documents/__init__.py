"""What the panes show, as lines of styled text: values, made off the event loop."""
