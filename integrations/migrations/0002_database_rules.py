"""Monthly partitions and immutability of what arrived."""

from django.db import migrations

from governance.database import InstallRules
from integrations.rules import PARTITIONS, RULES


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]
    operations = [InstallRules(PARTITIONS), InstallRules(RULES)]
