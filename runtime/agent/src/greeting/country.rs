//! Where a visitor most likely is.

/// The country (ISO 3166-1 alpha-2) that a browser's time zone or else its language tells; none where neither does.
///
/// A zone goes first: it says where the visitor is, a language's region only how they write. From the IANA time zone
/// database, `zone.tab`: the zones of countries that shops sell to most.
#[must_use]
pub fn country_of(time_zone: Option<&str>, locale: Option<&str>) -> Option<String> {
    let zoned = time_zone.and_then(|zone| {
        let found = COUNTRIES.iter().find(|(_, zones)| zones.split(' ').any(|known| known == zone));
        found.map(|(country, _)| (*country).to_owned())
    });
    zoned.or_else(|| {
        let parts = locale?.split(['-', '_']).skip(1);
        let region = |part: &&str| part.len() == 2 && part.chars().all(|c| c.is_ascii_alphabetic());
        parts.take_while(|part| part.len() > 1).find(region).map(str::to_ascii_uppercase)
    })
}

const COUNTRIES: [(&str, &str); 58] = [
    ("AR", "America/Argentina/Buenos_Aires America/Buenos_Aires"),
    ("AT", "Europe/Vienna"),
    (
        "AU",
        "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide Australia/Hobart \
         Australia/Darwin",
    ),
    ("BE", "Europe/Brussels"),
    ("BG", "Europe/Sofia"),
    ("BR", "America/Sao_Paulo America/Bahia America/Fortaleza America/Manaus America/Recife America/Belem"),
    (
        "CA",
        "America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Halifax America/St_Johns \
         America/Regina America/Montreal",
    ),
    ("CH", "Europe/Zurich"),
    ("CL", "America/Santiago"),
    ("CN", "Asia/Shanghai"),
    ("CO", "America/Bogota"),
    ("CY", "Asia/Nicosia Europe/Nicosia"),
    ("CZ", "Europe/Prague"),
    ("DE", "Europe/Berlin Europe/Busingen"),
    ("DK", "Europe/Copenhagen"),
    ("EE", "Europe/Tallinn"),
    ("EG", "Africa/Cairo"),
    ("ES", "Europe/Madrid Atlantic/Canary Africa/Ceuta"),
    ("FI", "Europe/Helsinki"),
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London Europe/Belfast"),
    ("GR", "Europe/Athens"),
    ("HK", "Asia/Hong_Kong"),
    ("HR", "Europe/Zagreb"),
    ("HU", "Europe/Budapest"),
    ("ID", "Asia/Jakarta Asia/Makassar Asia/Jayapura"),
    ("IE", "Europe/Dublin"),
    ("IL", "Asia/Jerusalem"),
    ("IN", "Asia/Kolkata Asia/Calcutta"),
    ("IS", "Atlantic/Reykjavik"),
    ("IT", "Europe/Rome"),
    ("JP", "Asia/Tokyo"),
    ("KR", "Asia/Seoul"),
    ("LI", "Europe/Vaduz"),
    ("LT", "Europe/Vilnius"),
    ("LU", "Europe/Luxembourg"),
    ("LV", "Europe/Riga"),
    ("MA", "Africa/Casablanca"),
    ("MC", "Europe/Monaco"),
    ("MT", "Europe/Malta"),
    ("MX", "America/Mexico_City America/Monterrey America/Tijuana America/Cancun"),
    ("NL", "Europe/Amsterdam"),
    ("NO", "Europe/Oslo"),
    ("NZ", "Pacific/Auckland"),
    ("PL", "Europe/Warsaw"),
    ("PT", "Europe/Lisbon Atlantic/Azores Atlantic/Madeira"),
    ("RO", "Europe/Bucharest"),
    ("RS", "Europe/Belgrade"),
    ("SE", "Europe/Stockholm"),
    ("SG", "Asia/Singapore"),
    ("SI", "Europe/Ljubljana"),
    ("SK", "Europe/Bratislava"),
    ("TH", "Asia/Bangkok"),
    ("TR", "Europe/Istanbul Asia/Istanbul"),
    ("TW", "Asia/Taipei"),
    ("UA", "Europe/Kyiv Europe/Kiev"),
    (
        "US",
        "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Detroit \
         America/Anchorage America/Boise America/Indiana/Indianapolis America/Indianapolis America/Kentucky/Louisville \
         Pacific/Honolulu",
    ),
    ("ZA", "Africa/Johannesburg"),
];
