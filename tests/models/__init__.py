"""Tests that load models: `make test-models` brings torch and transformers for them."""
