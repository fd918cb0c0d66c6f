"""Measurements of gconv-lint on published packages; ``make bench`` runs all of them."""
