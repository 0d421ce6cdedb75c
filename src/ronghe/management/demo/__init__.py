"""A fictional city that has lived a year: for trying the product, for screenshots and for measuring. Nobody is real."""
