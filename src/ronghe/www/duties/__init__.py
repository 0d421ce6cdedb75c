"""支部本月 and 经常任务: what a unit owes this month; how the whole city stands; one duty; who is excused."""
