from django.db import models


class Parcel(models.Model):
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="parcels")
    tracking_code = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.tracking_code or f"Parcel {self.pk}"
