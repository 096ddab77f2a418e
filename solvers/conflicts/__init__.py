"""Why there is no plan: rules that clash, and what would have to give way."""
