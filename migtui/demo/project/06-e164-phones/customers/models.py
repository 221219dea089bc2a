from django.db import models

PHONE_LENGTH = 20


class Customer(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    phone = models.CharField(max_length=16, blank=True)  # E.164: "+49301234567"

    def __str__(self):
        return self.name
