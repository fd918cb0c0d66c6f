"""Find, prove and price mistakes with grouped convolutions in PyTorch models."""

__version__ = "0.1.0"
