"""A small company in an empty Tryton database; run by the interpreter of `.venv-tryton`, in the server's own process space.

Arguments: configuration file, database. Prints as its last line the REST key, and the context of those who act as JSON. Products
SKU-1 to SKU-3 are bought by the piece; BOX-1 is bought by boxes of 12, by a unit of its own; SERVICE-1 cannot be bought at all.
"""

import datetime
import json
import sys
from decimal import Decimal

from trytond import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool  # noqa: E402 - the configuration decides what the pool holds
from trytond.transaction import Transaction, TransactionError  # noqa: E402

DATABASE = sys.argv[2]


def fill(pool):
    get = pool.get
    (currency,) = get("currency.currency").create(
        [{"name": "US Dollar", "symbol": "$", "code": "USD", "numeric_code": "840", "rates": [
            ("create", [{"date": datetime.date(2020, 1, 1), "rate": Decimal(1)}])]}]
    )  # fmt: skip
    parties = get("party.party").create(
        [{"name": name, "code": code, "addresses": [("create", [{"city": "Demo"}])]}
         for name, code in (("Demo Outdoor", "US"), ("Robin Demo", "ROBIN"), ("Acme Demo Supply", "ACME"))]
    )  # fmt: skip
    (company,) = get("company.company").create([{"party": parties[0].id, "currency": currency.id}])
    (employee,) = get("company.employee").create([{"party": parties[1].id, "company": company.id}])
    (user,) = get("res.user").search([("login", "=", "admin")])
    get("res.user").write(
        [user],
        {
            "companies": [("add", [company.id])],
            "company": company.id,
            "employees": [("add", [employee.id])],
            "employee": employee.id,
        },
    )
    with Transaction().set_context(company=company.id, employee=employee.id):
        warehouse = get("stock.location").search([("type", "=", "warehouse")])[0]
        get("stock.location").write([warehouse], {"code": "OWN1"})
        configuration = get("purchase.configuration")(1)
        configuration.purchase_invoice_method = "manual"
        configuration.save()
        goods(pool, parties[2], currency)
    (key,) = get("res.user.application").create([{"user": user.id, "application": "rest", "state": "validated"}])
    return f"{key.key} {json.dumps({'company': company.id, 'employee': employee.id}, separators=(',', ':'))}"


def goods(pool, supplier, currency):
    get = pool.get
    (piece,) = get("product.uom").search([("symbol", "=", "u")])
    (box,) = get("product.uom").create(
        [
            {
                "name": "Box of 12",
                "symbol": "bx",
                "category": piece.category.id,
                "factor": 12.0,
                "rate": round(1 / 12, 12),
                "rounding": 1.0,
                "digits": 0,
            }
        ]
    )
    (category,) = get("product.category").create([{"name": "Goods", "accounting": True}])
    for code, unit, purchasable in (
        ("SKU-1", piece, True), ("SKU-2", piece, True), ("SKU-3", piece, True), ("BOX-1", box, True), ("SERVICE-1", piece, False),
    ):  # fmt: skip
        (template,) = get("product.template").create(
            [{"name": f"Product {code}", "type": "goods", "account_category": category.id,
              "default_uom": piece.id, "purchase_uom": unit.id,
              "purchasable": purchasable, "list_price": Decimal(9), "cost_price_method": "fixed",
              "products": [("create", [{"suffix_code": code}])]}]
        )  # fmt: skip
        if purchasable:
            get("purchase.product_supplier").create(
                [{"template": template.id, "party": supplier.id, "currency": currency.id, "lead_time": datetime.timedelta(days=5),
                  "prices": [("create", [{"quantity": 0, "unit_price": Decimal("2.5000")}])]}]
            )  # fmt: skip


def main():
    Pool.start()
    pool = Pool(DATABASE)
    pool.init()
    extras = {}
    while True:
        with Transaction().start(DATABASE, 0, **extras) as transaction:
            try:
                made = fill(pool)
                transaction.commit()
            except TransactionError as error:  # a table that has to be locked from the start
                transaction.rollback()
                error.fix(extras)
            else:
                return made


if __name__ == "__main__":
    print(main())
