"""The other library of the tests of copying is asked here too."""

from tests.hub.catalogue.copying.conftest import zebra

__all__ = ["zebra"]
