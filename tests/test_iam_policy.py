"""The shipped IAM policy and the calls in our source: neither has what the other lacks."""

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from finops.billing import athena_engine, cost_explorer, data_exports, price_service, s3_files
from finops.sources.aws import table

ROOT = Path(__file__).parents[1]
POLICY = ROOT / "deploy" / "aws-iam-policy.json"
# A managed policy may be so long, without its white space.
MOST_CHARACTERS = 6144
# Calls whose action is called otherwise, or that are several.
OTHERWISE = {
    "s3.download_file": "s3:GetObject",
    "s3.list_objects_v2": "s3:ListBucket",
}
# Where IAM calls a service otherwise than signatures do.
IN_IAM = {"monitoring": "cloudwatch", "tagging": "tag"}
# Nobody needs a permission for these two.
FREE = {"sts.get_caller_identity", "sts.get_session_token"}
# PyAthena makes these for us; tests/finops/billing/test_athena.py sees that it makes no others.
BY_PYATHENA = {
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
}
ON_OUR_BEHALF = {
    *athena_engine.TABLE_ACTIONS,
    *athena_engine.RESULT_ACTIONS,
    *athena_engine.RESULT_BUCKET_ACTIONS,
}


def statements() -> dict[str, dict[str, Any]]:
    policy = json.loads(POLICY.read_text())
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_each_part_of_the_bot_has_a_statement_of_its_own_and_no_right_more() -> None:
    shipped = statements()

    assert {sid: statement["Action"] for sid, statement in shipped.items()} == {
        "FinOpsBotInventory": sorted({call.action for call in table.CALLS}),
        "FinOpsBotPriceList": sorted(price_service.ACTIONS),
        "FinOpsBotCostExplorer": sorted(cost_explorer.ACTIONS),
        "FinOpsBotBillFiles": ["s3:GetObject"],
        "FinOpsBotBillBucket": ["s3:ListBucket"],
        "FinOpsBotAthena": sorted(athena_engine.ACTIONS),
        "FinOpsBotAthenaTable": sorted(athena_engine.TABLE_ACTIONS),
        "FinOpsBotAthenaResults": sorted(athena_engine.RESULT_ACTIONS),
        "FinOpsBotAthenaResultsBucket": sorted(athena_engine.RESULT_BUCKET_ACTIONS),
        "FinOpsBotFindBill": sorted(data_exports.ACTIONS),
        "FinOpsBotOtherAccounts": ["sts:AssumeRole"],
    }
    assert {statement["Effect"] for statement in shipped.values()} == {"Allow"}
    assert sorted(s3_files.ACTIONS) == ["s3:GetObject", "s3:ListBucket"]


def test_objects_and_tables_are_named_and_only_results_are_written() -> None:
    """What holds data is never allowed everywhere; `*` is for lists and descriptions."""
    everywhere = [sid for sid, one in statements().items() if one["Resource"] == "*"]
    written = {
        action
        for one in statements().values()
        for action in one["Action"]
        if action.partition(":")[2].startswith(("Put", "Create", "Delete", "Update", "Abort"))
    }

    assert everywhere == [
        "FinOpsBotInventory",
        "FinOpsBotPriceList",
        "FinOpsBotCostExplorer",
        "FinOpsBotFindBill",
    ]
    assert written == {"s3:PutObject", "s3:AbortMultipartUpload"}
    assert len(json.dumps(json.loads(POLICY.read_text()), separators=(",", ":"))) < MOST_CHARACTERS


def test_every_name_that_has_to_be_put_in_is_explained() -> None:
    names = {"YOUR-BILL-BUCKET", "YOUR-BILL-DATABASE", "YOUR-ATHENA-OUTPUT-BUCKET"}
    text, docs = POLICY.read_text(), (ROOT / "docs" / "billing.md").read_text()

    assert {word for word in names if word in text} == names
    assert {word for word in names if word in docs} == names
    assert text.count("YOUR-") == sum(text.count(name) for name in names)


@pytest.mark.parametrize("folder", ["finops", "bot", "handlers"])
def test_no_call_in_our_source_is_without_a_permission(folder: str) -> None:
    allowed = {action for statement in statements().values() for action in statement["Action"]}
    missing = {call: action for call, action in calls(ROOT / folder) if action not in allowed}

    assert missing == {}


def test_no_permission_is_without_a_call() -> None:
    made = {
        action for folder in ("finops", "bot", "handlers") for _, action in calls(ROOT / folder)
    }
    explained = made | BY_PYATHENA | ON_OUR_BEHALF | {call.action for call in table.CALLS}
    allowed = {action for statement in statements().values() for action in statement["Action"]}

    assert allowed - explained == set()
    # The table of the inventory is asked by its operations' names, which no source shows.
    assert {"ce:GetCostAndUsage", "pricing:GetProducts", "sts:AssumeRole"} <= made


def calls(folder: Path) -> Iterator[tuple[str, str]]:
    """(file:line service.operation, IAM action) of every call of AWS in the source below."""
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for service in _services(tree):
            for name, line in _names(tree):
                call = f"{service}.{name}"
                action = OTHERWISE.get(call) or _actions(service).get(name)
                if action and call not in FREE:
                    yield f"{path.relative_to(ROOT)}:{line} {call}", action


def _services(tree: ast.AST) -> set[str]:
    """The services that a module makes clients of, `clients("ce", REGION)` or `.client("s3")`."""
    known = set(_session().get_available_services())
    words = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    found = {word for word in words if isinstance(word, str) and word in known}
    # Clients for S3 are handed on, and roles are assumed by botocore's fetcher.
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    handed_on = {"S3Bills"} & _defined(tree)
    return (
        found
        | ({"s3"} if handed_on else set())
        | ({"sts"} if "AssumeRoleCredentialFetcher" in names else set())
    )


def _defined(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Attributes and words that may be operations, and where they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno
        elif isinstance(node, ast.Name) and node.id == "AssumeRoleCredentialFetcher":
            yield "assume_role", node.lineno


@cache
def _session() -> Any:
    return botocore.session.get_session()


@cache
def _actions(service: str) -> dict[str, str]:
    """`start_query_execution` → `athena:StartQueryExecution`; S3's actions have other names."""
    if service == "s3":
        return {}
    model = _session().get_service_model(service)
    service_in_iam = IN_IAM.get(model.signing_name, model.signing_name)
    return {xform_name(name): f"{service_in_iam}:{name}" for name in model.operation_names}
