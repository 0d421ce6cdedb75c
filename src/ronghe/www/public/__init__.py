"""What everybody may read without signing in: figures of units, and what they answered."""
