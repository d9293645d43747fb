"""Duplication: what the institutions of a city offer twice, what nobody does, rooms to share."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access.inputs.hours import SLOTS_A_DAY
from access.inputs.programmes import BANDS
from access.measure.offers import Bits, Offers, institution_offers, institution_times
from access.measure.overlap import duplicates, missing, shared, unique

if TYPE_CHECKING:
    import pandas as pd

_A_DAY = np.timedelta64(1, "D")
_QUARTERS = 4
"""Slots an hour."""


def shared_catchments(offers: Offers) -> pd.DataFrame:
    """Return the people that institutions share, for every two; of each alone, where both are it.

    Columns `institution`, `other`, `people` (within the limit of the first), `other_people`,
    `shared` (of both; for an institution itself those whom no other institution reaches) and
    `share` of the smaller of the two in percent, NaN where that is empty.
    """
    import pandas as pd

    limit, people = offers.outcome.question.limit, offers.outcome.people
    times = institution_times(offers)
    both = shared(times, people=people, minutes=limit)
    alone = unique(times, people=people, minutes=limit).to_numpy()
    table, names = both.to_numpy(), both.index.tolist()
    rows = []
    for (a, one), (b, other) in product(enumerate(names), enumerate(names)):
        if a > b:
            continue
        common = alone[a] if a == b else table[a, b]
        least = min(table[a, a], table[b, b])
        share = 100 * common / least if least > 0 else np.nan
        rows.append((one, other, table[a, a], table[b, b], common, share))
    columns = ["institution", "other", "people", "other_people", "shared", "share"]
    return pd.DataFrame(rows, columns=columns)


def duplicate_classes(offers: Offers) -> pd.DataFrame:
    """Return every two institutions with classes alike, most shared people first.

    Alike are classes of one field, in one band of the week, for ages that meet. Columns `field,
    band, institution, other, classes, other_classes` (of that field and band), `alike` (pairs of
    them for ages that meet), `shared` (people within reach of both) and `share` of the smaller
    catchment in percent.
    """
    outcome = offers.outcome
    found = duplicates(
        institution_times(offers),
        people=outcome.people,
        offers=institution_offers(offers),
        minutes=outcome.question.limit,
    ).rename(columns={"place": "institution"})
    counts = []
    for row in found.to_dict("records"):
        ours = offers.of(row["field"], row["band"])
        one = np.flatnonzero(ours & (offers.institution == row["institution"]))
        two = np.flatnonzero(ours & (offers.institution == row["other"]))
        young = np.maximum(offers.ages[one, 0][:, None], offers.ages[two, 0])
        old = np.minimum(offers.ages[one, 1][:, None], offers.ages[two, 1])
        counts.append((len(one), len(two), int((young <= old).sum())))
    for k, name in enumerate(("classes", "other_classes", "alike")):
        found.insert(4 + k, name, np.array([c[k] for c in counts], dtype=np.int64))
    found["share"] *= 100
    return found[(found["alike"] > 0) & (found["shared"] > 0)].reset_index(drop=True)


def missing_classes(offers: Offers) -> pd.DataFrame:
    """Return the people who have no class of a field in a band within reach, most first.

    Every field is asked for in every band: columns `field, band, institutions, classes, reached,
    missing`, and `share` missing in percent. What nobody offers is missing for everybody.
    """
    import pandas as pd

    outcome = offers.outcome
    found = missing(
        institution_times(offers),
        people=outcome.people,
        offers=institution_offers(offers),
        minutes=outcome.question.limit,
    )
    told = {(r["field"], r["band"]): (r["places"], r["reached"]) for r in found.to_dict("records")}
    everyone = float(outcome.people.sum())
    rows = []
    for field, band in product(offers.fields, BANDS):
        places, reached = told.get((field, band), (0, 0.0))
        lacking = everyone - reached
        share = 100 * lacking / everyone if everyone > 0 else np.nan
        classes = int(offers.of(field, band).sum())
        rows.append((field, band, places, classes, reached, lacking, share))
    columns = ["field", "band", "institutions", "classes", "reached", "missing", "share"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(
        ["missing", "field", "band"], ascending=[False, True, True], ignore_index=True
    )


def busiest_week(offers: Offers) -> np.datetime64:
    """Return the Monday of the week in which most classes run, the first of several."""
    programmes = offers.programmes
    first = programmes.first[offers.classes]
    mondays = np.unique(first[~np.isnat(first)])
    if not len(mondays):
        return np.datetime64("NaT", "D")
    mondays = np.unique(mondays - _weekday(mondays) * _A_DAY)
    counts = [int(_running(offers, monday).sum()) for monday in mondays]
    return np.datetime64(mondays[int(np.argmax(counts))], "D")


def _weekday(days: Any) -> Any:
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _running(offers: Offers, monday: np.datetime64) -> Bits:
    """Return (k,) which classes run in a week; all of them where no class tells its dates."""
    if np.isnat(monday):
        return np.ones(len(offers.classes), dtype=bool)
    running: Bits = offers.programmes.running(monday, monday + 6 * _A_DAY)[offers.classes]
    return running


def room_hours(offers: Offers) -> pd.DataFrame:
    """Return the rooms of every place with classes, and the hours they are open and taught in.

    The week is the busiest of the list. A room is a different 교육장소 of a place: rooms without a
    class are not known. Columns `place, name, rooms, classes, open, used` (room-hours a week),
    `outside` (of `used`, while the place is closed: such hours count as open), `use` in percent
    (가동률) and `free`. Where hours of opening are unknown, `open`, `use` and `free` are NaN.
    """
    import pandas as pd

    rows = []
    for week in _weeks(offers):
        known = week.opened is not None
        hours = float(week.open.sum()) / _QUARTERS if known else np.nan
        used = float(week.used.sum()) / _QUARTERS
        outside = float(week.outside) / _QUARTERS if known else np.nan
        use = 100 * used / hours if known and hours > 0 else np.nan
        id = str(offers.outcome.times.places[week.place])
        rows.append(
            (id, week.name, week.rooms, week.classes, hours, used, outside, use, hours - used)
        )
    columns = ["place", "name", "rooms", "classes", "open", "used", "outside", "use", "free"]
    return pd.DataFrame(rows, columns=columns)


class _Week:
    """A place's week: rooms open and rooms taught in, in each of 7 x 96 quarter hours."""

    def __init__(self, offers: Offers, place: int, running: Bits) -> None:
        study = offers.outcome.study
        index = int(offers.outcome.place_index[place])
        here = offers.place == place
        sites = offers.programmes.site[offers.classes]
        slots = offers.programmes.slots
        self.place, self.name = place, str(study.places.names[index])
        self.rooms = len(set(sites[here].tolist()))
        self.classes = int((here & running).sum())
        hours = study.places.hours[index] if study.places.hours else None
        self.opened = None if hours is None else hours.open
        open_ = np.zeros((7, SLOTS_A_DAY), bool) if self.opened is None else self.opened
        self.used = np.zeros((7, SLOTS_A_DAY), np.int64)
        for site in sorted(set(sites[here].tolist())):
            of_room = offers.classes[here & running & (sites == site)]
            self.used += slots[of_room].any(axis=0)
        self.open = np.where(open_, self.rooms, self.used)
        self.outside = int(self.used[~open_].sum())

    @property
    def free(self) -> npt.NDArray[np.int64]:
        return self.open - self.used


def _weeks(offers: Offers) -> list[_Week]:
    running = _running(offers, busiest_week(offers))
    return [_Week(offers, int(p), running) for p in np.unique(offers.place)]


def shared_rooms(offers: Offers) -> pd.DataFrame:
    """Return which classes of a place could be held in the rooms of another, at the same hours.

    A row for every guest and host that some people reach both, columns `guest, guest_name, host,
    host_name, classes` (of the guest in that week), `fit` (for which the host has a room free in
    each of their quarter hours, one class after the other), `hours` a week of these, and the
    people who would reach them as before (`kept`), newly (`gained`) and no longer (`lost`), with
    `lost_share` in percent of whom the guest reaches now. Least lost first.
    """
    import pandas as pd

    outcome = offers.outcome
    running = _running(offers, busiest_week(offers))
    weeks = _weeks(offers)
    ids = outcome.times.places
    both = shared(offers.pairs(), people=outcome.people, minutes=outcome.question.limit).to_numpy()
    rows = []
    for guest, host in product(weeks, weeks):
        kept = float(both[guest.place, host.place])
        if guest is host or host.opened is None or kept <= 0:
            continue
        classes = np.flatnonzero(running & (offers.place == guest.place))
        fit, hours = _fitting(offers.programmes.slots[offers.classes[classes]], host.free)
        now = float(both[guest.place, guest.place])
        gained, lost = float(both[host.place, host.place]) - kept, now - kept
        names = (str(ids[guest.place]), guest.name, str(ids[host.place]), host.name)
        if fit:
            rows.append((*names, len(classes), fit, hours, kept, gained, lost, 100 * lost / now))
    columns = ["guest", "guest_name", "host", "host_name", "classes", "fit", "hours"]
    table = pd.DataFrame(rows, columns=[*columns, "kept", "gained", "lost", "lost_share"])
    return table.sort_values(
        ["lost_share", "gained", "guest", "host"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )


def _fitting(slots: Bits, free: npt.NDArray[np.int64]) -> tuple[int, float]:
    """Return how many classes find a room free when held one after the other, and their hours."""
    left, fit, hours = free.copy(), 0, 0.0
    for week in slots:
        if week.any() and (left[week] > 0).all():
            left[week] -= 1
            fit += 1
            hours += float(week.sum()) / _QUARTERS
    return fit, hours
