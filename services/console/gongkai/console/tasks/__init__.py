"""待办: the tasks of whoever is signed in."""
