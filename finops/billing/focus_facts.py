"""What lines of FOCUS say and cost, in SQL. Pure."""

from finops.billing.bill_cells import MONEY, Parts, amount, is_machine_hour, quantity, text
from finops.billing.bill_layout import Layout
from finops.domain.billed_rates import Pricing

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
    "CommitmentDiscountCategory",
    "CommitmentDiscountStatus",
    "PricingCategory",
    "InvoiceId",
    "x_InvoiceId",
)


def focus_parts(layout: Layout) -> Parts:
    """The facts of FOCUS 1.x, by its own columns."""
    c = layout.column
    effective, billed = c("EffectiveCost"), c("BilledCost")
    billed_cost = amount(billed or effective)
    category = text(c("ChargeCategory"))
    return Parts(
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
            "pricing": _pricing(layout),
        },
        machine_terms=_terms(layout),
        sums={
            "plain": billed_cost,
            "spread": amount(effective),
            "public": amount(c("ListCost"), billed_cost),
            "quantity": quantity(c("ConsumedQuantity"), c("PricingQuantity")),
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


def _pricing(layout: Layout) -> str:
    """How an hour was paid: `Spend` is a Savings Plan, `Usage` a reservation, `Dynamic` is Spot.

    FOCUS 1.0 to 1.2 write these words for every provider. Discounts are no lines of their own.
    """
    c = layout.column
    usage_type, commitment = text(c("x_UsageType")), text(c("CommitmentDiscountCategory"))
    return f"""CASE
        WHEN {commitment} = 'Spend' THEN '{Pricing.SAVINGS_PLAN}'
        WHEN {commitment} = 'Usage' THEN '{Pricing.RESERVED}'
        WHEN {text(c("PricingCategory"))} = 'Dynamic' OR {usage_type} LIKE '%SpotUsage%'
            THEN '{Pricing.SPOT}'
        ELSE '{Pricing.ON_DEMAND}' END"""


def _terms(layout: Layout) -> str | None:
    """Type and licence of a machine, as far as no other column says them."""
    c = layout.column
    usage_type, operation, description = c("x_UsageType"), c("x_Operation"), c("ChargeDescription")
    words = operation if usage_type is not None and operation is not None else description
    if words is None:
        return None
    resource = text(c("ResourceId"))
    is_machine = (
        f"({resource} LIKE 'i-%' OR {resource} LIKE '%/i-%')"
        if usage_type is None
        else is_machine_hour(usage_type)
    )
    return f"CASE WHEN {is_machine} THEN {text(words)} ELSE '' END"
