"""Questions without money: where to place so many sites, and what that is worth."""
