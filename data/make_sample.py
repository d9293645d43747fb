"""Make the sample city, 가람시: fictional, synthetic, the same bytes on every run.

python data/make_sample.py [FOLDER]     (default: data/sample)
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import shapely
from garam import plan
from garam.centres import CENTRE_COLUMNS, centre_rows
from garam.classes import CLASS_COLUMNS, class_rows
from garam.extras import add_extras
from garam.idle import IDLE_COLUMNS, idle_rows
from garam.land import draw_land
from garam.more import (
    SCHOOL_COLUMNS,
    TEACHER_COLUMNS,
    ZONE_COLUMNS,
    school_rows,
    teacher_rows,
    zone_rows,
)
from garam.oneways import free_traps
from garam.osm import write_osm
from garam.people import residents_by_age, settle
from garam.relief import draw_relief, write_relief
from garam.roads import draw_motorway, draw_roads
from garam.scenarios import write_scenarios
from garam.sites import Sites
from garam.streets import weave
from garam.tables import (
    write_cells,
    write_districts,
    write_residents,
    write_study,
    write_table,
)
from garam.towns import Built, draw_frames, fill_towns
from garam.villages import draw_country


def make(folder: Path) -> None:
    """Draw the city and write its files into a folder."""
    land = draw_land()
    frames = draw_frames(land)
    roads = draw_roads(frames)
    motorway, marks, corridor = draw_motorway(roads)
    built = Built()
    fill_towns(frames, roads, built)
    interchange = shapely.union_all(
        [s.shape for s in motorway if s.highway == "motorway_link"]
    ).convex_hull
    taken = shapely.union_all([interchange, *(frame.area for frame in frames.values())])
    villages = draw_country(land, roads, taken, corridor, built)
    closed = add_extras(land, frames, roads, built)
    streets = [*roads, *motorway, *built.streets, *closed]
    woven = free_traps(weave(streets, land.water, corridor, [*marks, *built.marks]))
    empty = shapely.union_all([land.water, corridor, *built.squares])
    people = settle(land, streets, built.flats, empty)

    folder.mkdir(parents=True, exist_ok=True)
    write_osm(folder / "streets.osm.pbf", woven, land)
    write_districts(folder / "districts.geojson", land)
    write_residents(folder / "residents.csv", residents_by_age())
    write_cells(folder / "cells.csv", people)
    homes = shapely.box(*people.corner.T, *(people.corner + 100).T)
    relief = draw_relief(land, [*roads, *motorway], shapely.union_all(homes))
    write_relief(folder / "relief.asc", relief)
    sites = Sites(land, streets, people, np.random.default_rng([plan.SEED, 8]))
    centres = centre_rows(sites)
    write_table(folder / "centres.csv", CENTRE_COLUMNS, centres, "utf-8-sig")
    idle = idle_rows(sites, villages)
    write_table(folder / "idle.csv", IDLE_COLUMNS, idle, "cp949")
    write_table(folder / "classes.csv", CLASS_COLUMNS, class_rows(centres, idle), "cp949")
    write_table(folder / "zones.csv", ZONE_COLUMNS, zone_rows(), "utf-8-sig")
    counted = residents_by_age().sum(axis=(1, 2)).tolist()
    write_table(folder / "teachers.csv", TEACHER_COLUMNS, teacher_rows(counted), "utf-8-sig")
    schools = Sites(land, streets, people, np.random.default_rng([plan.SEED, 20]))
    write_table(folder / "schools.csv", SCHOOL_COLUMNS, school_rows(schools), "utf-8-sig")
    write_study(folder / "study.toml")
    write_scenarios(folder / "scenarios")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "sample")
