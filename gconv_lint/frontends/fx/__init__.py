"""The front end for real models: records one run without weights and lowers it to a layer graph; needs torch."""
