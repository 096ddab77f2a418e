"""Access: who reaches what over the roads, in minutes and kilometres."""
