"""What a plan does for nothing, taken out at its end."""
