"""Where to place so many sites when nothing but the ways of people counts."""
