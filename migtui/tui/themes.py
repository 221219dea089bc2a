"""migtui's own two themes; every theme of Textual can be chosen as well."""

from textual.theme import Theme

DARK = Theme(
    name="migtui-dark",
    primary="#52c78f",
    secondary="#6fb7d6",
    accent="#e5b567",
    warning="#e5b567",
    error="#f0737a",
    success="#52c78f",
    foreground="#d5dde0",
    background="#101517",
    surface="#141a1d",
    panel="#1b2326",
    variables={
        "border": "#52c78f",
        "border-blurred": "#2d393d",
        "block-cursor-background": "#24493a",
        "block-cursor-foreground": "#f2f7f4",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#1e2a2b",
        "footer-key-foreground": "#52c78f",
        "footer-background": "#141a1d",
        "footer-description-foreground": "#93a1a6",
        "input-selection-background": "#52c78f 30%",
    },
)
LIGHT = Theme(
    name="migtui-light",
    primary="#0b6b45",
    secondary="#1d5f86",
    accent="#8a5a00",
    warning="#8a5a00",
    error="#b3261e",
    success="#0b6b45",
    foreground="#1c2427",
    background="#fcfcfa",
    surface="#f5f6f3",
    panel="#e9ece7",
    dark=False,
    variables={
        "border": "#0b6b45",
        "border-blurred": "#cfd5cf",
        "block-cursor-background": "#cde6d8",
        "block-cursor-foreground": "#0d1a14",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e6ede8",
        "footer-key-foreground": "#0b6b45",
        "footer-background": "#f0f2ee",
        "footer-description-foreground": "#5a666b",
        "input-selection-background": "#0b6b45 25%",
    },
)
THEMES = (DARK, LIGHT)
