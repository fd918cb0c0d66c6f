"""The front end for whole models from text: follows a factory and a forward pass without running any of it."""
