"""What the minutes mean for people."""
