"""日历订阅: the due work of one person, as a calendar on their phone reads it."""
