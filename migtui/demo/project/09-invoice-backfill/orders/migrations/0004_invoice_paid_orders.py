from django.db import migrations


def invoice_paid_orders(apps, schema_editor):
    """Orders that were paid before there were invoices get theirs now."""
    Order = apps.get_model("orders", "Order")
    Invoice = apps.get_model("orders", "Invoice")
    for order in Order.objects.filter(paid=True).order_by("pk"):
        Invoice.objects.create(
            order=order,
            number=f"{order.placed_at:%Y}-{order.pk:06}",
            issued_on=order.placed_at.date(),
        )


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0003_invoice"),
    ]

    operations = [
        migrations.RunPython(invoice_paid_orders, migrations.RunPython.noop),
    ]
