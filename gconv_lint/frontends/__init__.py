"""Front ends: everything that turns a program into the layer graph."""
