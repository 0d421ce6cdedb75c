"""活动: what is planned and what was held, recorded once."""
