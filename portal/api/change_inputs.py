"""What callers send about change requests, and how any input is checked."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from governance.approvals.lifecycle import Verdict

Plain = serializers.Serializer[Any]


class ItemInput(Plain):
    """One governed thing: its kind and the whole document that it should have."""

    kind = serializers.CharField()
    document = serializers.JSONField()


class ProposalInput(Plain):
    """A change request; with `submit` it asks for review at once."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(default="", allow_blank=True)
    items = ItemInput(many=True, allow_empty=False)
    submit = serializers.BooleanField(default=False)


class RevisionInput(Plain):
    """New content for all items."""

    items = ItemInput(many=True, allow_empty=False)
    note = serializers.CharField(default="", allow_blank=True)


class VoteInput(Plain):
    """A verdict on the revision named by If-Match; class R3 asks for the key of every impact."""

    verdict = serializers.ChoiceField(choices=list(Verdict))
    reason = serializers.CharField(default="", allow_blank=True)
    acknowledged = serializers.ListField(child=serializers.CharField(), default=list)


class ReasonInput(Plain):
    """Why."""

    reason = serializers.CharField(default="", allow_blank=True)


class RemarkInput(Plain):
    """A comment, anchored to a JSON Pointer when it is about one place."""

    text = serializers.CharField()
    anchor = serializers.CharField(default="", allow_blank=True)


class ScheduleInput(Plain):
    """When an approved request activates."""

    at = serializers.DateTimeField()


def checked(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The valid input of a form, or the problem that names its fields."""
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    data: dict[str, Any] = given.validated_data
    return data
