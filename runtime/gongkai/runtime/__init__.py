"""What every service stands on: settings, clock, identity, the register's replica, problem documents, HTTP."""
