"""A mail server for benchmarks and chaos: takes messages as fast as Python can, or misbehaves."""
