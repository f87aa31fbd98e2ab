import pytest

from finops.billing.machine_words import is_licensed, named_machine


@pytest.mark.parametrize(
    ("usage_type", "found"),
    [
        ("BoxUsage:m5.large", (False, "m5.large")),
        ("EUC1-BoxUsage:m7i-flex.xlarge", (False, "m7i-flex.xlarge")),
        ("EUC1-SpotUsage:m5.large", (True, "m5.large")),
        ("EUC1-EBSOptimized:m5.large", (False, "")),
        ("EUC1-DataTransfer-Out-Bytes", (False, "")),
        ("CPUCredits:t3", (False, "")),
        ("BoxUsage", (False, "")),
    ],
)
def test_the_usage_type_tells_the_machine(usage_type: str, found: tuple[bool, str]) -> None:
    assert named_machine(usage_type, "") == found


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("$0.115 per On Demand Linux m7i-flex.xlarge Instance Hour", (False, "m7i-flex.xlarge")),
        ("c5.large Linux/UNIX Spot Instance-hour in EU (Frankfurt)", (True, "c5.large")),
        ("Linux/UNIX (Amazon VPC), t2.nano reserved instance applied", (False, "t2.nano")),
        ("$0.00 for 4245 Mbps per c6a.4xlarge instance-hour (or partial hour)", (False, "")),
        ("$0.010 per GB - regional data transfer", (False, "")),
    ],
)
def test_without_it_the_description_does(description: str, found: tuple[bool, str]) -> None:
    assert named_machine("", description) == found


@pytest.mark.parametrize(
    ("words", "licensed"),
    [
        ("RunInstances", False),
        ("RunInstances:SV002", False),
        ("RunInstances:0800", False),  # Windows of one's own
        ("RunInstances:00g0", False),  # Red Hat of one's own
        ("RunInstances:0002", True),  # Windows
        ("RunInstances:0010", True),  # Red Hat
        ("RunInstances:000g", True),  # SUSE
        ("$0.188 per On Demand Windows m5.large Instance Hour", True),
        ("$0.096 per On Demand Linux m5.large Instance Hour", False),
        ("", False),
    ],
)
def test_operation_or_description_tell_the_licence(words: str, licensed: bool) -> None:
    assert is_licensed(words) is licensed
