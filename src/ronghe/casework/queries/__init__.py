"""Reading cases: who sees which, what is to be done, what happened, what may be done now."""
