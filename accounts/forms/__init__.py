"""Forms of the doors in, of recovery and of the account page."""
