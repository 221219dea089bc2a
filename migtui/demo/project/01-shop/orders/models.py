from django.db import models


class Order(models.Model):
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="orders")
    placed_at = models.DateTimeField(auto_now_add=True)
    paid = models.BooleanField(default=False)

    def __str__(self):
        return f"Order {self.pk}"
