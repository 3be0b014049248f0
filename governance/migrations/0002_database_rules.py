"""Exclusion, immutability and append-only rules."""

from django.db import migrations

from governance.database import InstallRules
from governance.rules import RULES


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [InstallRules(RULES)]
