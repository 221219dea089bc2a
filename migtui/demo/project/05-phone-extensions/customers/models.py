from django.db import models

PHONE_LENGTH = 32  # "+49 30 1234567 ext. 8901"


class Customer(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    phone = models.CharField(max_length=PHONE_LENGTH, blank=True)

    def __str__(self):
        return self.name
