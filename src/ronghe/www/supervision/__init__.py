"""督办台: what is overdue in the whole city, for whoever watches over it."""
