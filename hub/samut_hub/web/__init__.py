"""Layout, parts and request plumbing of the pages.

A capability's `web` makes `pages = Blueprint(name, __name__, template_folder="templates")` and keeps its templates in
`templates/<name>/`. It takes the request's session, person and time from `web.hub`, its forms' base and `show` from
`web.forms`. Templates extend `base.html`, draw with `icon`, and import parts: `field`, `form_head` and `token` are in
parts/field.html, `pager` in parts/pager.html, `empty` in parts/empty.html; filters are `day`, `moment`, `baht`.
"""
