from django.db import migrations, models

import governance.clock

NAMES = """
api apiversion authorityassignment businesscalendar businessentity connection
connectordescription datacontract datacontractversion domain escalationpath fiscalcalendar flow
fxsource historicalapi historicalapiversion historicalauthorityassignment
historicalbusinesscalendar historicalbusinessentity historicalconnection
historicalconnectordescription historicaldatacontract historicaldatacontractversion
historicaldomain historicalescalationpath historicalfiscalcalendar historicalflow
historicalfxsource historicallosstable historicalmapping historicalmeasure historicalprocess
historicalrolegrant historicalsystem historicalteam historicalvaluemap losstable mapping measure
process rolegrant specification system team valuemap
""".split()


class Migration(migrations.Migration):
    """Only where the value comes from changes: no column does, so no table is rebuilt."""

    dependencies = [("governance", "0003_measures_and_calendars")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name=name,
                    name="created_at",
                    field=models.DateTimeField(default=governance.clock.now, editable=False),
                )
                for name in NAMES
            ]
        )
    ]
