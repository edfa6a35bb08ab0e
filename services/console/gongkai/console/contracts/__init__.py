"""Events and interfaces as others build against them."""
