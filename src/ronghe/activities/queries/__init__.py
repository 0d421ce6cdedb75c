"""Reading activities."""
