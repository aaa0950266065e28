"""The ground floor: what every component stands on."""
