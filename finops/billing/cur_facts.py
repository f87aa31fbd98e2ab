"""What lines of CUR say and cost, in SQL: commitments and discounts by their rules. Pure."""

from collections.abc import Mapping

from finops.billing.bill_cells import Parts, amount, is_machine_hour, quantity, text
from finops.billing.bill_layout import Layout
from finops.domain.billed_rates import Pricing

_COVERED = "SavingsPlanCoveredUsage"
_COMMITMENT_FEES = "('RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee')"

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


def cur_parts(layout: Layout) -> Parts:
    """The facts of CUR, by the rules of docs/billing.md."""
    c = layout.column
    kind = text(c("line_item_line_item_type"))
    is_netted = f"{kind} IN ('{_COVERED}', 'SavingsPlanNegation')"
    return Parts(
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
            "pricing": _cur_pricing(layout, kind),
        },
        machine_terms=_cur_terms(layout),
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


def _cur_pricing(layout: Layout, kind: str) -> str:
    """How an hour was paid; empty for lines that only amend what others cost."""
    usage_type = layout.column("line_item_usage_type")
    spot = f"WHEN {kind} = 'Usage' AND {text(usage_type)} LIKE '%SpotUsage%' THEN '{Pricing.SPOT}'"
    return f"""CASE {spot}
        WHEN {kind} = 'Usage' THEN '{Pricing.ON_DEMAND}'
        WHEN {kind} = '{_COVERED}' THEN '{Pricing.SAVINGS_PLAN}'
        WHEN {kind} = 'DiscountedUsage' THEN '{Pricing.RESERVED}'
        ELSE '' END"""


def _cur_terms(layout: Layout) -> str | None:
    """The operation, which says what licence an hour of a machine includes."""
    usage_type, operation = (layout.column(f"line_item_{n}") for n in ("usage_type", "operation"))
    if usage_type is None or operation is None:
        return None
    return f"CASE WHEN {is_machine_hour(usage_type)} THEN {text(operation)} ELSE '' END"


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
        "quantity": quantity(c("line_item_usage_amount")),
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
