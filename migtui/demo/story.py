"""The demo's history: who wrote what on which branch, and what was merged where.

Each commit lays the files of one directory of ``project/`` over the working tree. What happens:

- ``catalog``: photos of products and slugs of categories touch nothing in common.
- ``customers``: one branch makes phone numbers longer through the constant, the other shorter at
  the field itself; git merges both without a conflict, and the models end with the shorter.
- ``orders``: gift messages, invoices and payments. Invoices are filled from orders that are
  ``paid``, a field that payments renames; and ``shipping`` depends on a migration of invoices.
"""

from dataclasses import dataclass
from typing import TypeAlias

MAIN = "main"
RELEASE = "spring-release"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit on a branch, which starts at the default branch where it is new."""

    branch: str
    directory: str
    author: str
    date: str
    message: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A branch is merged into another; ``deleted`` says whether its ref goes."""

    into: str
    branch: str
    author: str
    date: str
    message: str
    deleted: bool = False


Event: TypeAlias = Commit | Merge

STORY: tuple[Event, ...] = (
    Commit(MAIN, "01-shop", "Mia Keller", "2026-03-02T09:12:00+01:00", "Start the shop"),
    Commit(MAIN, "02-order-lines", "Mia Keller", "2026-03-02T11:40:00+01:00", "Give orders lines"),
    Commit(
        "feature/product-photos",
        "03-product-photos",
        "Jonas Berg",
        "2026-03-03T10:05:00+01:00",
        "Show photos of products",
    ),
    Commit(
        "feature/category-slugs",
        "04-category-slugs",
        "Priya Nair",
        "2026-03-03T13:30:00+01:00",
        "Give categories slugs and an order",
    ),
    Commit(
        "feature/phone-extensions",
        "05-phone-extensions",
        "Jonas Berg",
        "2026-03-03T15:20:00+01:00",
        "Allow phone numbers with extensions",
    ),
    Commit(
        "feature/e164-phones",
        "06-e164-phones",
        "Tomás Silva",
        "2026-03-04T09:45:00+01:00",
        "Keep phone numbers as E.164",
    ),
    Commit(
        "feature/gift-messages",
        "07-gift-messages",
        "Jonas Berg",
        "2026-03-04T10:15:00+01:00",
        "Take gift messages",
    ),
    Commit(
        "feature/invoices",
        "08-invoices",
        "Priya Nair",
        "2026-03-04T11:00:00+01:00",
        "Write invoices",
    ),
    Commit(
        "feature/invoices",
        "09-invoice-backfill",
        "Priya Nair",
        "2026-03-04T16:25:00+01:00",
        "Write the invoices of orders that are paid already",
    ),
    Commit(
        "feature/payments",
        "11-payment-state",
        "Zoë Lind",
        "2026-03-05T09:30:00+01:00",
        "Call a boolean by a boolean's name",
    ),
    Commit(
        "feature/invoices",
        "10-parcel-invoices",
        "Priya Nair",
        "2026-03-05T10:50:00+01:00",
        "Put the invoice into the parcel",
    ),
    Commit(
        "feature/payments",
        "12-payment-time",
        "Zoë Lind",
        "2026-03-05T14:10:00+01:00",
        "Note when an order was paid",
    ),
    Merge(
        MAIN,
        "feature/product-photos",
        "Mia Keller",
        "2026-03-05T16:00:00+01:00",
        "Merge pull request #11 from jonas/feature/product-photos\n\nShow photos of products",
        deleted=True,
    ),
    Merge(
        MAIN,
        "feature/phone-extensions",
        "Mia Keller",
        "2026-03-05T16:05:00+01:00",
        "Merge pull request #12 from jonas/feature/phone-extensions\n\n"
        "Allow phone numbers with extensions",
        deleted=True,
    ),
    Merge(
        MAIN,
        "feature/gift-messages",
        "Mia Keller",
        "2026-03-06T09:00:00+01:00",
        "Merge pull request #14 from jonas/feature/gift-messages\n\nTake gift messages",
        deleted=True,
    ),
    Merge(
        RELEASE,
        "feature/category-slugs",
        "Tomás Silva",
        "2026-03-06T10:00:00+01:00",
        "Merge branch 'feature/category-slugs' into spring-release",
    ),
    Merge(
        RELEASE,
        "feature/e164-phones",
        "Tomás Silva",
        "2026-03-06T10:02:00+01:00",
        "Merge branch 'feature/e164-phones' into spring-release",
    ),
    Merge(
        RELEASE,
        "feature/invoices",
        "Tomás Silva",
        "2026-03-06T10:04:00+01:00",
        "Merge branch 'feature/invoices' into spring-release",
    ),
    Merge(
        RELEASE,
        "feature/payments",
        "Tomás Silva",
        "2026-03-06T10:06:00+01:00",
        "Merge branch 'feature/payments' into spring-release",
    ),
)
