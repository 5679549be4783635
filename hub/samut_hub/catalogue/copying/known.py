"""Libraries that let everyone search their catalogues. They are switched off until someone wants them."""

from samut_hub.catalogue.copying.policy import Address, Kind

PUBLIC_DOMAIN = "Public domain (USA)"
CC0 = "CC0 1.0"

KNOWN: tuple[tuple[str, str, Address], ...] = (
    (
        "Library of Congress",
        PUBLIC_DOMAIN,
        Address(
            kind=Kind.SRU,
            host="lx2.loc.gov",
            port=210,
            database="LCDB",
            syntax="marcxml",
            isbn_index="bath.isbn",
            title_index="dc.title",
            author_index="dc.author",
        ),
    ),
    (
        "Library of Congress (Z39.50)",
        PUBLIC_DOMAIN,
        Address(
            kind=Kind.Z3950,
            host="lx2.loc.gov",
            port=210,
            database="LCDB",
            syntax="usmarc",
            isbn_index="1=7",
            title_index="1=4",
            author_index="1=1003",
        ),
    ),
    (
        "K10plus (GBV, SWB)",
        CC0,
        Address(
            kind=Kind.SRU,
            host="sru.k10plus.de",
            port=443,
            is_secure=True,
            database="opac-de-627",
            syntax="marcxml",
            isbn_index="pica.isb",
            title_index="pica.tit",
            author_index="pica.per",
        ),
    ),
    (
        "Deutsche Nationalbibliothek",
        CC0,
        Address(
            kind=Kind.SRU,
            host="services.dnb.de",
            port=443,
            is_secure=True,
            database="sru/dnb",
            syntax="MARC21-xml",
            isbn_index="num",
            title_index="tit",
            author_index="per",
        ),
    ),
)
"""Name, terms of use, address. Terms as the libraries publish them."""
