from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_line'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='gift_message',
            field=models.CharField(blank=True, max_length=500),
        ),
    ]
