"""When work is due: dates with a time zone, and spans of time, as people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from dateutil.tz import datetime_exists, gettz, tzfile, tzutc

from autograder.classes.class_directory import ClassError
from autograder.classes.stamps import ZONE

EXAMPLE = "'2027-03-01 23:59 Europe/Berlin'"
SPAN = re.compile(r"(?:(\d{1,4})w)? ?(?:(\d{1,4})d)? ?(?:(\d{1,4})h)? ?(?:(\d{1,4})m)?")
UNITS = ("weeks", "days", "hours", "minutes")


def parse_due(text: str, home: str = "") -> datetime:
    """Return a time in UTC, without a time zone, as nbgrader keeps it.

    Parameters
    ----------
    text : str
        A date, a time and a zone. Of an hour that comes twice, in autumn, it is the later one.
    home : str
        The class's time zone, for a text that names none.

    Raises
    ------
    ClassError
        If it is none, has no zone, or is a time that there never is.
    """
    rest, _, zone = text.strip().rpartition(" ")
    if not (rest and ZONE.fullmatch(zone)):
        rest, zone = text.strip(), ""
    try:
        moment = datetime.fromisoformat(rest)
    except ValueError:
        raise _no_time(text) from None
    if ":" not in rest or (zone and moment.tzinfo):
        raise _no_time(text)
    if moment.tzinfo is None:
        moment = _in_zone(moment, zone or home, text)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise _no_time(text) from None


def _no_time(text: str) -> ClassError:
    return ClassError(f"'{text}' is no date with a time: write it as in {EXAMPLE}.")


def _in_zone(naive: datetime, name: str, text: str) -> datetime:
    if not name:
        raise ClassError(
            f"'{text}' has no time zone: write it as in {EXAMPLE}, or say where the class is, with "
            "c.Exchange.timezone = 'Europe/Berlin' in its nbgrader_config.py."
        )
    zone = gettz(name)
    if not isinstance(zone, tzfile | tzutc):  # what else it takes for a zone, people do not
        raise ClassError(f"There is no time zone '{name}': write it as in {EXAMPLE}.")
    moment = naive.replace(tzinfo=zone, fold=1)
    if not datetime_exists(moment):
        raise ClassError(
            f"There is no {naive:%H:%M} on {naive:%Y-%m-%d} in {name}, where the clocks are put "
            "forward then: choose another time."
        )
    return moment


def parse_span(text: str) -> timedelta:
    """Return a span of time: weeks, days, hours and minutes, as in "48h" or "1d 12h".

    Raises
    ------
    ClassError
        If it is none.
    """
    found = SPAN.fullmatch(text.strip().lower())
    if not found or not any(found.groups()):
        raise ClassError(f"'{text}' is no span of time: write it as in '48h', '2d' or '1d 12h'.")
    numbers = {unit: int(number or 0) for unit, number in zip(UNITS, found.groups(), strict=True)}
    return timedelta(**numbers)


def shown_time(moment: datetime, home: str = "") -> str:
    """Return a time in UTC as a class reads it: in its own time zone, if it has said which."""
    zone = gettz(home) if home else None
    there = moment.replace(tzinfo=UTC).astimezone(zone or UTC)
    return f"{there:%Y-%m-%d %H:%M} {there.tzname()}"


def shown_span(seconds: float) -> str:
    """Return a span of time as people read it, in its two largest units; never as nothing."""
    minutes = max(1, round(seconds / 60))
    days, hours = divmod(minutes // 60, 24)
    named = ((days, "d"), (hours, "h"), (minutes % 60 if not days else 0, "min"))
    return " ".join(f"{number} {unit}" for number, unit in named if number)
