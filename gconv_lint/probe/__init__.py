"""Floor 6: what layers cost on a GPU, measured where there is one and estimated where there is none."""
