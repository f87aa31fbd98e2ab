"""The evidence of a typical CPU request, as detectors keep it with a proposal."""

from decimal import Decimal

from finops.domain.basis import RequestBasis
from finops.domain.usage import UsageSummary

PEAKS = (80.0, 82, 79, 91, 88, 60, 58, 83, 85, 90, 86, 89, 62, 61)


def cpu_basis(**changed: object) -> RequestBasis:
    """480m asked on three pods, 96m used at most in 14 days; 60m to 479m may be set."""
    values: dict[str, object] = {
        "usage": UsageSummary(
            window_days=14,
            samples=4032,
            mean=55,
            maximum=96,
            percentiles={0.5: 54.0, 0.9: 75.0, 0.95: 80.0, 0.97: 82.0, 0.98: 84.0, 0.99: 88.0},
            daily_peaks=PEAKS,
            source="Prometheus",
        ),
        "usd_per_unit": Decimal("0.031611") * 3 * 730,
        "beside": 0,
        "least_effective": 0,
        "least": 82,
        "most": 479,
        "opening": "shop/frontend (server) asks for 480m CPU on 3 replicas and used at most 96m",
    }
    return RequestBasis(**(values | changed))  # type: ignore[arg-type]  # fields by name
