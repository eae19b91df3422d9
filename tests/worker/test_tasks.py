"""The doorway of the workers: names that web and clock ask for are the names that are there."""

from __future__ import annotations

import json
import subprocess
import sys

from app import queue
from app.config import PROJECT_ROOT, Settings
from app.links import Links
from app.web.factory import create_app

_NAMES = """
import json
from worker.celery import celery
import worker.tasks
tasks = [name for name in celery.tasks if not name.startswith("celery.")]
routes = {name: route["queue"] for name, route in celery.conf.task_routes.items()}
modules = [name for name in __import__("sys").modules if name == "flask"]
print(json.dumps({"tasks": sorted(tasks), "routes": routes, "flask": modules,
                  "accept": celery.conf.accept_content, "results": celery.conf.result_backend,
                  "late": celery.conf.task_acks_late}))
"""


def test_every_name_is_a_task_and_every_task_has_its_queue(settings: Settings) -> None:

    environ = {
        "DATABASE_URL": settings.database_url.replace("+psycopg", ""),
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
        "SECRET_KEY": settings.secret_key,
    }
    said = subprocess.run(
        [sys.executable, "-c", _NAMES],
        env=environ,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(said.stdout)
    assert found["tasks"] == sorted(queue.QUEUE_OF)
    assert found["routes"] == queue.QUEUE_OF
    assert found["flask"] == [], "workers need no Flask"
    assert found["accept"] == ["json"]
    assert found["results"] is None
    assert found["late"] is False


def test_every_link_in_a_mail_leads_to_a_page(settings: Settings) -> None:
    links = Links(settings)
    urls = create_app(settings).url_map.bind("levant.example", url_scheme="https")
    for url in (links.confirm_url(1), links.unsubscribe_url(1, 2), links.preferences_url(1, 2)):
        path = url.removeprefix(settings.base_url)
        for method in ("GET", "POST"):
            endpoint, values = urls.match(path, method=method)
            assert endpoint
            assert list(values) == ["token"]
    path = links.approval_url(7).removeprefix(settings.base_url)
    assert urls.match(path) == ("admin.approval", {"campaign_id": 7})
