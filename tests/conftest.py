"""Settings for all tests."""

from hypothesis import settings

#: Tests of the plugin run pytest inside of pytest.
pytest_plugins = "pytester"

# Machines that run tests are slow now and then, which says nothing about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
