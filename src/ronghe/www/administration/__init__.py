"""管理: keeping the house in order. Each part has its own module; the index shows those that who asks may open."""
