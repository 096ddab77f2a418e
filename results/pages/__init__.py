"""What the pages of plans, of comparisons and of today's territory share."""
