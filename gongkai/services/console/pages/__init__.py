"""The console's pages, one module for each entry of its menu."""

from gongkai.services.console.pages import (
    applications,
    dashboard,
    documents,
    drafts,
    events,
    scores,
    sign_in,
    tasks,
    tokens,
)

ROUTERS = [
    module.router
    for module in (sign_in, tokens, tasks, drafts, documents, applications, dashboard, scores, events)
]
