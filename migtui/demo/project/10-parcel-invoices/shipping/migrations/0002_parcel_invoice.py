from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0003_invoice'),
        ('shipping', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='parcel',
            name='invoice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='orders.invoice'),
        ),
    ]
