"""docs/evidence.md: the checks that the program makes, in its order."""

from governance.approvals.evidence.verify import CHECKS
from tests.docs.pages import table


def test_the_page_lists_every_check():
    listed = [row[0] for row in table("evidence.md", "check")]
    assert listed == [words for words, _ in CHECKS]
