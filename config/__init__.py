"""How the machine is configured: settings from the environment, addresses, and the WSGI entry."""
