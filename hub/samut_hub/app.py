"""The hub's web application: the only place where its parts are joined."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from samut_hub.audit.web import pages as audit
from samut_hub.audit.web import use_audit
from samut_hub.cards.web import pages as cards
from samut_hub.catalogue.authorities.web import pages as authorities
from samut_hub.catalogue.batches.web import pages as batches
from samut_hub.catalogue.classification.web import pages as classification
from samut_hub.catalogue.copying.settings import pages as copying
from samut_hub.catalogue.editor.web import pages as editor
from samut_hub.catalogue.entry.web import pages as entry
from samut_hub.catalogue.fields.web import pages as fields
from samut_hub.catalogue.images.web import pages as images
from samut_hub.catalogue.imports.web import pages as imports
from samut_hub.catalogue.labels.web import pages as labels
from samut_hub.catalogue.lists.web import pages as lists
from samut_hub.catalogue.merging.web import pages as merging
from samut_hub.catalogue.places.web import pages as places
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.searching.web import pages as searching
from samut_hub.catalogue.serials.web import pages as serials
from samut_hub.catalogue.serving.web import pages as serving
from samut_hub.catalogue.web import pages as catalogue
from samut_hub.charges.web import pages as charges
from samut_hub.circulation.beginning.web import pages as beginning
from samut_hub.circulation.booking.web import pages as booking
from samut_hub.circulation.kits.web import pages as kits
from samut_hub.circulation.member_lists.web import pages as member_lists
from samut_hub.circulation.web import pages as circulation
from samut_hub.community.web import pages as community
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.api import edge_api, metrics_api
from samut_hub.fleet.desks.web import pages as desks
from samut_hub.fleet.joining.api import joining_api
from samut_hub.fleet.joining.web import pages as joining
from samut_hub.fleet.web import pages as fleet
from samut_hub.libraries.web import pages as libraries
from samut_hub.media.web import pages as media
from samut_hub.members.enrolling.web import pages as enrolling
from samut_hub.members.importing.web import pages as member_imports
from samut_hub.members.merging.web import pages as member_merging
from samut_hub.members.web import pages as members
from samut_hub.ncip.web import pages as ncip
from samut_hub.notices.web import WITHOUT_TOKEN
from samut_hub.notices.web import pages as notices
from samut_hub.opac.web import pages as opac
from samut_hub.privacy.web import pages as privacy
from samut_hub.secrets import read_secret
from samut_hub.sip2.web import pages as sip2
from samut_hub.staff.web import pages as staff
from samut_hub.stocktaking.web import pages as stocktaking
from samut_hub.visits.web import pages as visits
from samut_hub.web.bundle import use_bundle
from samut_hub.web.dates import use_dates
from samut_hub.web.errors import use_errors
from samut_hub.web.headers import use_headers
from samut_hub.web.health import pages as health
from samut_hub.web.home import pages as home
from samut_hub.web.hub import AROUND_FILES, Hub
from samut_hub.web.language import use_languages
from samut_hub.web.life import use_life
from samut_hub.web.log import use_log
from samut_hub.web.navigation import use_navigation
from samut_hub.web.parameters import use_parameters
from samut_hub.web.streams import use_streams
from samut_hub.web.tasks import pages as tasks
from samut_hub.web.templating import use_templating

PAGES = (
    health,
    home,
    tasks,
    staff,
    audit,
    privacy,
    libraries,
    members,
    cards,
    member_imports,
    member_merging,
    member_lists,
    catalogue,
    searching,
    fields,
    editor,
    imports,
    images,
    places,
    batches,
    classification,
    authorities,
    merging,
    serials,
    labels,
    lists,
    charges,
    circulation,
    beginning,
    booking,
    kits,
    stocktaking,
    visits,
    media,
    fleet,
    joining,
    desks,
    enrolling,
    sip2,
    ncip,
    notices,
    community,
    opac,
    edge_api,
    metrics_api,
    joining_api,
    serving,
    copying,
    entry,
)


def present() -> datetime:
    return datetime.now(UTC)


def create_app(config: Config, *, database: Database | None = None, clock: Callable[[], datetime] = present) -> Flask:
    """The application of this configuration. Raises ConfigError when a secret or the bundle is missing."""
    app = Flask("samut_hub", static_folder="web/static", template_folder="web/templates")
    app.config.update(_settings(config))
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    app.extensions["samut"] = Hub(
        config=config,
        database=database or Database(config.database_url),
        clock=clock,
        titles=TitleIndex(config.search_index),
        card_secret=read_secret(config, "card.key"),
    )
    use_templating(app)
    use_log(app, config.log_level)
    use_parameters(app)
    use_headers(app)
    use_languages(app)
    use_bundle(app)
    use_dates(app)
    use_navigation(app)
    use_errors(app)
    use_streams(app, config.http_threads)
    use_audit(app)
    use_life(app)
    tokens = CSRFProtect(app)
    for view in WITHOUT_TOKEN:
        tokens.exempt(view)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app


def _settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": read_secret(config, "session.key"),
        "SESSION_COOKIE_NAME": "__Host-samut" if config.is_secure else "samut",
        "SESSION_COOKIE_SECURE": config.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": AROUND_FILES,
        "BABEL_DEFAULT_LOCALE": config.two_letter_language,
    }
