"""The web: screens for coordinators, hosts and partners, on top of the services."""
