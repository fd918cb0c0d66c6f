"""The front end for whole models from text: runs a factory and a forward pass on tensors without values, not Python's."""
