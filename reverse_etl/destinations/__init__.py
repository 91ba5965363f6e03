"""Every kind of destination there is; nothing scans the folder."""

from reverse_etl.contract import Destination
from reverse_etl.destinations.amazon_listings_api import AmazonListingsApi
from reverse_etl.destinations.amazon_listings_feed import AmazonListingsFeed
from reverse_etl.destinations.amazon_listings_feed_api import AmazonListingsFeedApi
from reverse_etl.destinations.amazon_shipment_api import AmazonShipmentApi
from reverse_etl.destinations.ebay_stock_api import EbayStockApi
from reverse_etl.destinations.erpnext_material_request_api import ErpnextMaterialRequestApi
from reverse_etl.destinations.inventory_advice_x12 import InventoryAdviceX12
from reverse_etl.destinations.medusa_inventory_api import MedusaInventoryApi
from reverse_etl.destinations.odoo_purchase_order_api import OdooPurchaseOrderApi
from reverse_etl.destinations.purchase_order_x12 import PurchaseOrderX12
from reverse_etl.destinations.purchase_proposals_csv import PurchaseProposalsCsv
from reverse_etl.destinations.shopify_fulfillment_api import ShopifyFulfillmentApi
from reverse_etl.destinations.shopify_inventory_api import ShopifyInventoryApi
from reverse_etl.destinations.shopify_inventory_csv import ShopifyInventoryCsv
from reverse_etl.destinations.tryton_requisition_api import TrytonRequisitionApi
from reverse_etl.destinations.walmart_inventory_api import WalmartInventoryApi
from reverse_etl.destinations.woocommerce_batch_json import WoocommerceBatchJson
from reverse_etl.destinations.woocommerce_order_api import WoocommerceOrderApi
from reverse_etl.destinations.woocommerce_stock_api import WoocommerceStockApi

DESTINATIONS: tuple[Destination, ...] = (
    ShopifyInventoryCsv(),
    AmazonListingsFeed(),
    WoocommerceBatchJson(),
    PurchaseProposalsCsv(),
    ShopifyInventoryApi(),
    WoocommerceStockApi(),
    EbayStockApi(),
    AmazonListingsApi(),
    WalmartInventoryApi(),
    AmazonListingsFeedApi(),
    TrytonRequisitionApi(),
    PurchaseOrderX12(),
    ErpnextMaterialRequestApi(),
    OdooPurchaseOrderApi(),
    InventoryAdviceX12(),
    ShopifyFulfillmentApi(),
    AmazonShipmentApi(),
    WoocommerceOrderApi(),
    MedusaInventoryApi(),
)


def destination_of(kind: str) -> Destination:
    """Return the destination of that kind; KeyError names the kinds there are."""
    for destination in DESTINATIONS:
        if destination.facts.kind == kind:
            return destination
    raise KeyError(f"no destination {kind!r}; there are {', '.join(d.facts.kind for d in DESTINATIONS)}")
