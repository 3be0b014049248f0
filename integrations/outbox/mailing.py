"""One notice as one e-mail."""

from __future__ import annotations

from email.utils import parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from governance.notifications.models import Delivery
from integrations.errors import NeedsAPerson, TryLater
from integrations.outbox.wording import mail_text

PERMANENT = 500


def send_mail(copy: Delivery) -> None:
    """Raises TryLater, or NeedsAPerson where no second try helps. One copy, one Message-ID."""
    to = copy.person
    if to is None or not to.is_active or not to.email:
        raise NeedsAPerson("the person has no account or no address any more")
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    letter = EmailMessage(
        subject=copy.notification.subject,
        body=mail_text(copy.notification),
        to=[to.email],
        headers={"Message-ID": f"<{copy.key.hex}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        said: Any = next(iter(error.recipients.values()), (0, b""))
        if said[0] >= PERMANENT:
            raise NeedsAPerson(f"the mail server refuses {to.email}: {said[0]}") from None
        raise TryLater(f"the mail server does not take {to.email} now: {said[0]}") from None
    except (SMTPException, OSError) as error:
        raise TryLater(f"the mail server did not take it: {type(error).__name__}") from None
