"""Twenty scenarios of the sample city in one table: python notebooks/twenty_scenarios.py

가람시의 스무 가지 계획을 한 표로. 우리 도시의 폴더로 바꾸어 쓰면 됩니다.
"""

from time import perf_counter

import access as ac

city = ac.Study.from_folder(ac.sample_folder())
walk = ac.Question(mode="walk", profile="policy", minutes=(5, 10, 15), name="도보 15분")
today = ac.evaluate(city, walk)

begin = perf_counter()
files = sorted((ac.sample_folder() / "scenarios").glob("*.toml"))
plans = [ac.Scenario.from_file(path) for path in files]
for room in ("idle-007", "idle-009", "idle-013", "idle-018", "idle-022", "idle-025", "idle-029"):
    plans.append(ac.Scenario(f"{room} 열기", [{"do": "open_place", "place": room}]))
for centre in ("centre-012", "centre-020", "centre-033"):
    plans.append(ac.Scenario(f"{centre} 닫기", [{"do": "close_place", "place": centre}]))
for road in ("강변다리길", "옛다리길", "가람대로"):
    plans.append(ac.Scenario(f"{road} 통제", [{"do": "close_road", "name": road}]))
for town, factor in (("누리읍", 1.1), ("솔뫼면", 0.8)):
    edit = {"do": "scale_people", "district": town, "factor": factor}
    plans.append(ac.Scenario(f"{town} 인구 {factor}배", [edit]))
plans.append(ac.Scenario("다리와 시장", plans[0].edits + plans[2].edits))

answers = [ac.evaluate(plan.apply(city), walk, reuse=today) for plan in plans]
comparison = ac.compare(today, *answers)
table = comparison.districts()
seconds = perf_counter() - begin

at_limit = table[(table["name"] == "계") & (table["minutes"] == 15)]
best = at_limit.sort_values("change", ascending=False)
print(best[["scenario", "change", "gained", "lost", "nearer", "farther"]].to_string(index=False))
print(f"시나리오 {len(plans)}개, {seconds:.1f}초")
ac.draw(answers, against=today).save("comparison.html")
