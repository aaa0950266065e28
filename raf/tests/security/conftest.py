"""The API and the pages of one application, as the tests of the other folders open them."""

from __future__ import annotations

from raf.tests.integration.mastodon.conftest import api as api
from raf.tests.integration.web.conftest import open_site as open_site
from raf.tests.integration.web.conftest import picture as picture
