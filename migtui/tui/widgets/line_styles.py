"""The look of the styles that lines name, in the colours of whichever theme is in use.

Not in the style sheet: component classes would be worked out for every pane whenever a style
changes, which took a quarter of the time to the first conflict.
"""

STYLES = {
    "gutter": "$foreground 40%",
    "comment": "$foreground 60% italic",
    "muted": "$foreground 60%",
    "keyword": "$text-secondary",
    "number": "$text-accent",
    "string": "$text-success",
    "builtin": "$text-secondary",
    "definition": "$text-accent bold",
    "sign": "bold",
    "strong": "bold",
    "heading": "$text-primary bold",
    "error": "$text-error",
    "warning": "$text-warning",
    "good": "$text-success",
    "added": "on $success 15%",
    "removed": "on $error 15%",
    "marked": "on $warning 20%",
    "cursor": "on $block-cursor-background",
    "selection": "on $primary 40%",
}
"""By name, as Textual's content styles are written."""
