"""What is alike, and what is suggested to somebody: all of it from this archive, on this machine."""
