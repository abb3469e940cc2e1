"""How results look: as plain data, as text for a terminal, as HTML for the app."""
