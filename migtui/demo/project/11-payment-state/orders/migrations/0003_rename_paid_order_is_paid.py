from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_line'),
    ]

    operations = [
        migrations.RenameField(
            model_name='order',
            old_name='paid',
            new_name='is_paid',
        ),
    ]
