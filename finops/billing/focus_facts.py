"""What lines of FOCUS say and cost, in SQL. Pure."""

from finops.billing.bill_cells import MONEY, Parts, amount, quantity, text
from finops.billing.bill_layout import Layout

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
        },
        sums={
            "plain": billed_cost,
            "spread": amount(effective),
            "public": amount(c("ListCost"), billed_cost),
            "quantity": quantity(c("ConsumedQuantity") or c("PricingQuantity")),
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
