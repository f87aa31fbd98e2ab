"""The facts of a bill's line in SQL: CUR's and FOCUS's columns under one set of names. Pure.

The rules are those of docs/billing.md. Every expression is made of names that the layout found and
of literals of this file; values that come from people are bound by the engines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.billing.bill_layout import Column, Layout
from finops.domain.errors import InvalidInput

# Ten decimals are what AWS writes; a line of 100 million does not fit and is refused.
MONEY = "DECIMAL(18, 10)"
# What AWS allows in the key of a tag, without the spaces that nobody means.
_TAG_KEY = re.compile(r"[A-Za-z0-9_.:/=+@-][A-Za-z0-9_.:/=+@ -]{0,127}")
_COVERED = "SavingsPlanCoveredUsage"
_COMMITMENT_FEES = "('RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee')"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a bill's lines say, in two steps, since a bill has far more lines than kinds of lines.

    Lines are first added up by the columns that `said` reads, as they stand: `sums` are what is
    added, by name, in SQL over one line. Then `said` (texts) and `amounts` are SQL over those rows
    and sums. `whole_tags` holds all tags of a line: a resource has the same ones all day, so any of
    them do, but lines without a resource are parted by `team`.
    """

    columns: tuple[Column, ...]
    amount_columns: tuple[Column, ...]
    said: Mapping[str, str]
    sums: Mapping[str, str]
    amounts: Mapping[str, str]
    whole_tags: Column | None
    is_line: str = "TRUE"
    starts_at: str = ""


def facts_of(layout: Layout, *, team_keys: Sequence[str]) -> Facts:
    """The facts of a bill with that layout.

    `charge` is one of usage, unused, fee, credit, refund, tax, purchase, split. Raises InvalidInput
    for a tag key that AWS would not allow either.
    """
    for key in team_keys:
        if not _TAG_KEY.fullmatch(key):
            raise InvalidInput(f"{key[:40]!r} is no key of an AWS tag; correct owners: tag_keys.")
    cluster_keys = ("aws:eks:cluster-name", "eks:cluster-name")
    parts = _focus(layout) if layout.format.is_focus else _cur(layout)
    tags = [column for key in (*team_keys, *cluster_keys) for column in layout.tag_columns(key)]
    said = {
        **parts.said,
        "team": tag_of(layout, team_keys),
        "cluster": tag_of(layout, cluster_keys),
    }
    columns = dict.fromkeys((*(c for name in parts.texts if (c := layout.column(name))), *tags))
    return Facts(
        columns=tuple(columns),
        amount_columns=tuple(c for name in parts.decisive if (c := layout.column(name))),
        said=said,
        sums=parts.sums,
        amounts=parts.amounts,
        whole_tags=_whole_tags(layout),
        is_line=parts.is_line,
        starts_at=moment(_there(layout.column(parts.moment))),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """One family's facts; `decisive` are the texts on which its amounts depend."""

    moment: str
    texts: tuple[str, ...]
    decisive: tuple[str, ...]
    said: Mapping[str, str]
    sums: Mapping[str, str]
    amounts: Mapping[str, str]
    is_line: str = "TRUE"


def amount(column: Column | None, default: str = "0") -> str:
    """A cost as exact decimals; an empty cell is `default`."""
    if column is None:
        return f"CAST({default} AS {MONEY})"
    if not column.is_text:
        return f"COALESCE(CAST({column.sql} AS {MONEY}), {default})"
    return f"COALESCE(CAST(NULLIF({column.sql}, '') AS {MONEY}), {default})"


def moment(column: Column) -> str:
    """A time in UTC."""
    if not column.is_text:
        return f"CAST({column.sql} AS TIMESTAMP)"
    # '2026-07-01T00:00:00Z' and '2026-07-01 00:00:00' are the same to both engines without T and Z.
    return f"CAST(REPLACE(REPLACE({column.sql}, 'T', ' '), 'Z', '') AS TIMESTAMP)"


def text(*columns: Column | None) -> str:
    """The first of these cells that is not empty, else ''."""
    cells = [f"NULLIF({_as_text(column)}, '')" for column in columns if column is not None]
    return f"COALESCE({', '.join(cells)}, '')" if cells else "''"


def _as_text(column: Column) -> str:
    return column.sql if column.is_text else f"CAST({column.sql} AS VARCHAR)"


def _quantity(column: Column | None) -> str:
    if column is None:
        return "CAST(0 AS DOUBLE)"
    cell = f"NULLIF({column.sql}, '')" if column.is_text else column.sql
    return f"COALESCE(CAST({cell} AS DOUBLE), 0)"


_FOCUS_TEXTS = (
    "BillingCurrency",
    "SubAccountId",
    "BillingAccountId",
    "ServiceName",
    "x_UsageType",
    "SkuMeter",
    "SkuId",
    "RegionId",
    "Region",
    "ResourceId",
    "ConsumedUnit",
    "PricingUnit",
    "ChargeCategory",
    "CommitmentDiscountStatus",
    "InvoiceId",
    "x_InvoiceId",
)


def _focus(layout: Layout) -> _Parts:
    c = layout.column
    effective, billed = c("EffectiveCost"), c("BilledCost")
    billed_cost = amount(billed or effective)
    category = text(c("ChargeCategory"))
    return _Parts(
        moment="ChargePeriodStart",
        texts=_FOCUS_TEXTS,
        decisive=("BillingCurrency", "InvoiceId", "x_InvoiceId"),
        said={
            "currency": f"COALESCE(NULLIF({text(c('BillingCurrency'))}, ''), 'USD')",
            "account": text(c("SubAccountId"), c("BillingAccountId")),
            "service": text(c("ServiceName")),
            "item": text(c("x_UsageType"), c("SkuMeter"), c("SkuId")),
            "region": text(c("RegionId", "Region")),
            "resource_id": text(c("ResourceId")),
            "usage_unit": text(c("ConsumedUnit"), c("PricingUnit")),
            "charge": f"""CASE
                WHEN {text(c("CommitmentDiscountStatus"))} = 'Unused' THEN 'unused'
                WHEN {category} = 'Purchase' THEN 'purchase'
                WHEN {category} = 'Tax' THEN 'tax'
                WHEN {category} = 'Credit' THEN 'credit'
                WHEN {category} = 'Adjustment' THEN 'refund'
                ELSE 'usage' END""",
            "invoice": text(c("InvoiceId", "x_InvoiceId")),
        },
        sums={
            "plain": billed_cost,
            "spread": amount(effective),
            "public": amount(c("ListCost"), billed_cost),
            "quantity": _quantity(c("ConsumedQuantity") or c("PricingQuantity")),
        },
        amounts={
            "billed": "plain",
            "effective": "spread",
            "list": "public",
            "netted": f"CAST(0 AS {MONEY})",
            "invoiced": "plain",
        },
        # Our own files may hold shares of lines beside the lines.
        is_line=f"{text(c('x_CostCategory'))} <> 'allocated'",
    )


_CUR_TEXTS = (
    "line_item_line_item_type",
    "line_item_currency_code",
    "line_item_usage_account_id",
    "bill_payer_account_id",
    "product_product_name",
    "line_item_product_code",
    "line_item_usage_type",
    "product_region_code",
    "product_region",
    "line_item_resource_id",
    "pricing_unit",
    "bill_invoice_id",
    "reservation_reservation_a_r_n",
    "split_line_item_parent_resource_id",
)


def _cur(layout: Layout) -> _Parts:
    c = layout.column
    kind = text(c("line_item_line_item_type"))
    is_netted = f"{kind} IN ('{_COVERED}', 'SavingsPlanNegation')"
    return _Parts(
        moment="line_item_usage_start_date",
        texts=_CUR_TEXTS,
        decisive=(
            "line_item_line_item_type",
            "line_item_currency_code",
            "bill_invoice_id",
            "reservation_reservation_a_r_n",
        ),
        said={
            "currency": f"COALESCE(NULLIF({text(c('line_item_currency_code'))}, ''), 'USD')",
            "account": text(c("line_item_usage_account_id"), c("bill_payer_account_id")),
            "service": text(c("product_product_name"), c("line_item_product_code")),
            "item": text(c("line_item_usage_type")),
            "region": text(c("product_region_code"), c("product_region")),
            "resource_id": text(c("line_item_resource_id")),
            "usage_unit": text(c("pricing_unit")),
            "charge": _cur_charge(layout, kind),
            "invoice": text(c("bill_invoice_id")),
        },
        sums=_cur_sums(layout),
        amounts={
            "billed": f"CASE WHEN {is_netted} THEN 0 ELSE plain END",
            "effective": _cur_effective(kind, text(c("reservation_reservation_a_r_n"))),
            "list": f"""CASE
                WHEN {kind} IN ('Usage', 'DiscountedUsage', '{_COVERED}') THEN public
                WHEN {kind} IN {_COMMITMENT_FEES} OR {kind} = 'SavingsPlanNegation' THEN 0
                ELSE plain END""",
            "netted": f"CASE WHEN {is_netted} THEN plain ELSE 0 END",
            "invoiced": "plain",
        },
    )


def _cur_charge(layout: Layout, kind: str) -> str:
    """A pod's row of split cost allocation is a share of a line that is there too, not a line."""
    parent = layout.column("split_line_item_parent_resource_id")
    split = f"WHEN {text(parent)} <> '' THEN 'split'" if parent else ""
    return f"""CASE {split}
        WHEN {kind} IN {_COMMITMENT_FEES} THEN 'fee'
        WHEN {kind} = 'Tax' THEN 'tax'
        WHEN {kind} = 'Credit' THEN 'credit'
        WHEN {kind} = 'Refund' THEN 'refund'
        WHEN {kind} = 'Fee' THEN 'purchase'
        ELSE 'usage' END"""


def _cur_sums(layout: Layout) -> Mapping[str, str]:
    """What is added up of each line: after private discounts (`net`) where the bill has them."""
    c = layout.column
    unblended = amount(c("line_item_unblended_cost"))

    def net(names: tuple[str, ...], gross: str) -> str:
        column = c(*names)
        return gross if column is None else f"COALESCE({amount(column, 'NULL')}, {gross})"

    return {
        "plain": unblended,
        "after_discounts": net(("line_item_net_unblended_cost",), unblended),
        "reserved": net(
            ("reservation_net_effective_cost",), amount(c("reservation_effective_cost"))
        ),
        "planned": net(
            ("savings_plan_net_savings_plan_effective_cost",),
            amount(c("savings_plan_savings_plan_effective_cost")),
        ),
        "unused_plan": f"{amount(c('savings_plan_total_commitment_to_date'))}"
        f" - {amount(c('savings_plan_used_commitment'))}",
        "unused_upfront": net(
            ("reservation_net_unused_amortized_upfront_fee_for_billing_period",),
            amount(c("reservation_unused_amortized_upfront_fee_for_billing_period")),
        ),
        "unused_recurring": net(
            ("reservation_net_unused_recurring_fee",),
            amount(c("reservation_unused_recurring_fee")),
        ),
        "public": amount(c("pricing_public_on_demand_cost"), unblended),
        "quantity": _quantity(c("line_item_usage_amount")),
    }


def _cur_effective(kind: str, reservation: str) -> str:
    """Commitments spread over what they cover; their fees count only as far as nobody used them."""
    return f"""CASE
        WHEN {kind} = 'DiscountedUsage' THEN reserved
        WHEN {kind} = '{_COVERED}' THEN planned
        WHEN {kind} IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
        WHEN {kind} = 'SavingsPlanRecurringFee' THEN unused_plan
        WHEN {kind} = 'RIFee' THEN unused_upfront + unused_recurring
        WHEN {kind} = 'Fee' AND {reservation} <> '' THEN 0
        ELSE after_discounts END"""


def tag_of(layout: Layout, keys: Sequence[str]) -> str:
    """The first of these tags that a line has, from a column of its own, a map or JSON."""
    cells: list[str] = []
    whole = _whole_tags(layout)
    for key in keys:
        cells += [f"NULLIF({_as_text(column)}, '')" for column in layout.tag_columns(key)]
        if whole is not None:
            cells += [_from_whole(whole, name) for name in _spellings(layout, key)]
    return f"COALESCE({', '.join(cells)}, '')" if cells else "''"


def _whole_tags(layout: Layout) -> Column | None:
    return layout.column("Tags" if layout.format.is_focus else "resource_tags")


def _spellings(layout: Layout, key: str) -> Sequence[str]:
    """CUR 2.0 writes `user_team` for the tag `team`, and `aws_eks_cluster_name` for AWS's own."""
    if layout.format.is_focus or key.startswith("aws:"):
        return (key, key.replace(":", "_").replace("-", "_")) if ":" in key else (key,)
    return f"user_{key}", key


def _from_whole(column: Column, key: str) -> str:
    if column.is_map:
        return f"NULLIF({column.sql}['{key}'], '')"
    return f"""NULLIF(JSON_EXTRACT_STRING({column.sql}, '$."{key}"'), '')"""


def _there(column: Column | None) -> Column:
    if column is None:  # layout_of has refused such a bill
        raise AssertionError("a needed column is missing")
    return column
