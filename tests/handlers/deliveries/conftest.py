import pytest

from finops.domain.opportunity import Opportunity
from finops.finops_engine import FinOpsEngine
from tests.handlers.builders import opportunity, recorded


@pytest.fixture
def found(engine: FinOpsEngine) -> Opportunity:
    return recorded(engine, opportunity()).opportunity
