"""`python -m portal.client`."""

import sys

from portal.client.main import main

sys.exit(main())
