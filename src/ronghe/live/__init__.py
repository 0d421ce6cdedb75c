"""四个实时: what was done is on the pages of those who follow it at once. A process of its own, told in docs/live.md."""
