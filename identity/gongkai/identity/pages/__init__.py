"""Pages and endpoints of sign-in and accounts."""
