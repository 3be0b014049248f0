"""The REST API's routes. A route without a row here does not exist."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.api import (
    access,
    agreements,
    audit,
    case_matches,
    cases,
    change_moves,
    changes,
    client,
    compare,
    evidence,
    notifications,
    reconciliation,
    registry,
    runs,
    secrets,
    sla,
    views,
)

REGISTRY = [
    pattern
    for kind, plural in registry.PLURALS.items()
    for pattern in (
        path(
            f"v1/{plural}",
            registry.GovernedList.as_view(kind=kind),
            name=f"api-{plural}",
        ),
        path(
            f"v1/{plural}/<str:slug>",
            registry.GovernedDetail.as_view(kind=kind),
            name=f"api-{kind.replace('_', '-')}",
        ),
    )
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("concordat.pyz", client.ClientFile.as_view(), name="api-client"),
    path("v1/me", access.Me.as_view(), name="api-me"),
    path("v1/tokens", access.Tokens.as_view(), name="api-tokens"),
    path("v1/tokens/<int:pk>", access.TokenDetail.as_view(), name="api-token"),
    path("v1/compare", compare.Compare.as_view(), name="api-compare"),
    path("v1/specifications", registry.Specifications.as_view(), name="api-specifications"),
    path(
        "v1/specifications/<str:digest>",
        registry.SpecificationBytes.as_view(),
        name="api-specification",
    ),
    path(
        "v1/flows/<str:slug>/agreement",
        agreements.FlowAgreement.as_view(),
        name="api-flow-agreement",
    ),
    path("v1/agreements/<str:digest>", agreements.AgreementDetail.as_view(), name="api-agreement"),
    path("v1/change-requests", changes.ChangeList.as_view(), name="api-changes"),
    path("v1/change-requests/<int:pk>", changes.ChangeDetail.as_view(), name="api-change"),
    path(
        "v1/change-requests/<int:pk>/evidence",
        evidence.ChangeEvidence.as_view(),
        name="api-change-evidence",
    ),
    path(
        "v1/change-requests/<int:pk>/votes",
        change_moves.ChangeVotes.as_view(),
        name="api-change-votes",
    ),
    path(
        "v1/change-requests/<int:pk>/comments",
        change_moves.ChangeComments.as_view(),
        name="api-change-comments",
    ),
    path(
        "v1/change-requests/<int:pk>/schedule",
        change_moves.ChangeSchedule.as_view(),
        name="api-change-schedule",
    ),
    path(
        "v1/change-requests/<int:pk>/<slug:name>",
        change_moves.ChangeMove.as_view(),
        name="api-change-move",
    ),
    path("v1/runs", runs.RunList.as_view(), name="api-runs"),
    path("v1/runs/<int:pk>", runs.RunDetail.as_view(), name="api-run"),
    path("v1/flows/<str:slug>/runs", runs.FlowRuns.as_view(), name="api-flow-runs"),
    path("v1/events", runs.Events.as_view(), name="api-events"),
    path("v1/cases", cases.CaseList.as_view(), name="api-cases"),
    path("v1/cases/<int:pk>", cases.CaseDetail.as_view(), name="api-case"),
    path("v1/cases/<int:pk>/correct", cases.CaseCorrection.as_view(), name="api-case-correct"),
    path(
        "v1/cases/<int:pk>/candidates",
        case_matches.CaseCandidates.as_view(),
        name="api-case-candidates",
    ),
    path("v1/cases/<int:pk>/pick", case_matches.CasePick.as_view(), name="api-case-pick"),
    path("v1/cases/<int:pk>/found", case_matches.CaseFound.as_view(), name="api-case-found"),
    path("v1/cases/<int:pk>/<slug:name>", cases.CaseMove.as_view(), name="api-case-move"),
    path(
        "v1/reconciliations",
        reconciliation.ReconciliationList.as_view(),
        name="api-reconciliations",
    ),
    path("v1/breaks", reconciliation.BreakList.as_view(), name="api-breaks"),
    path("v1/secrets", secrets.Secrets.as_view(), name="api-secrets"),
    path("v1/secrets/<path:name>", secrets.SecretDetail.as_view(), name="api-secret"),
    path("v1/sla", sla.FigureList.as_view(), name="api-sla"),
    path("v1/sla/<slug:slug>", sla.FigureDetail.as_view(), name="api-sla-figure"),
    path("v1/sla/<slug:slug>/items", sla.FigureItems.as_view(), name="api-sla-items"),
    path("v1/notifications", notifications.Notifications.as_view(), name="api-notifications"),
    path(
        "v1/notifications/read",
        notifications.NotificationsRead.as_view(),
        name="api-notifications-read",
    ),
    path("v1/views", views.Views.as_view(), name="api-views"),
    path("v1/views/<int:pk>", views.ViewDetail.as_view(), name="api-view"),
    path("v1/audit", audit.Entries.as_view(), name="api-audit"),
    *REGISTRY,
]
