"""One import, from the file to what is reported of it. The command and the page both run it.

It stands here, above the rooms, because a table of cases also holds ratings: only a face sees casework and judgements.
"""
