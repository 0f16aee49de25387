//! Bytes to trees with places: Dockerfile, YAML, JSON.
