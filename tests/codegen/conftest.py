import pytest
from standin import Bridge, Machine


@pytest.fixture(scope="session")
def bridge():
    return Bridge()


@pytest.fixture
def machine(bridge):
    bridge.log.clear()
    return Machine(bridge)
