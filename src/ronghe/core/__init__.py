"""The pure floor: no Django, no input or output; `now`, calendars and randomness are arguments."""
