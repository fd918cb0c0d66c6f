"""Floor 0: frozen data that every other package speaks in; standard library only."""
