"""Nobody can tell from the answers which case was first: another id, place, year or member gives the same, moved."""

import shutil

import pandas as pd
import pytest

from analys import account as accounts
from analys import assumptions, burden, leaving, project, savings
from analys.account import Basis, account, reproduced
from tests.account import folders

FRAMES = {
    **{f"amounts {basis}": lambda i, basis=basis: accounts.amounts_by_municipality_year(i, basis) for basis in Basis},
    **{f"totals {basis}": lambda i, basis=basis: accounts.totals_by_year(i, basis) for basis in Basis},
    **{f"burden {basis}": lambda i, basis=basis: burden.burden_by_municipality_year(i, basis) for basis in Basis},
    "shares": accounts.shares_by_municipality_year,
    "implied": accounts.implied_totals,
    "ranges": accounts.contradicted_ranges,
    "figures": reproduced.figures,
    "rules": reproduced.rules,
    "log": assumptions.log,
    "savings": lambda i: savings.savings_by_reading(i, account(i).end()),
}


@pytest.fixture(scope="module", params=["ostergotland", "exempel-energiradgivning"])
def moved(request, tmp_path_factory):
    """A bundled agreement's id, and its folder copied to another place under another id."""
    folder = tmp_path_factory.mktemp("annan plats") / "mappen"
    shutil.copytree(project.required().raw / request.param, folder)
    file = folder / "avtal.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'id = "{request.param}"', 'id = "ett-annat"', 1), encoding="utf-8")
    return request.param, str(folder)


@pytest.mark.parametrize("name", FRAMES)
def test_another_id_in_another_place_gives_the_same_tables(name, moved):
    here, there = (FRAMES[name](each) for each in moved)
    pd.testing.assert_frame_equal(here, there)
    assert not here.empty or name in ("ranges",)


# --- shifted years, exchanged members -------------------------------------------------------------------------------------


def told(folder, shift=0, names=None):
    """The amounts as rows whose years are moved back and whose members are renamed."""
    own = account(folder)
    rows = {
        (
            (names or {}).get(amount.payer.name, amount.payer.name),
            amount.year - shift,
            amount.basis,
            amount.origin,
            amount.own,
            amount.underlag,
            amount.kronor,
        )
        for amount in own.amounts
    }
    assert len(rows) == len(own.amounts)
    return rows


def test_the_same_agreement_four_years_later_gives_the_same_amounts_four_years_later(tmp_path):
    first, later = folders.write(tmp_path / "a"), folders.write(tmp_path / "b", first=2023, name="senare")
    assert told(first) == told(later, shift=4)
    assert account(later).end().year == account(first).end().year + 4
    assert account(later).base_year(2026) == account(first).base_year(2022) + 4


def test_exchanged_members_exchange_amounts(tmp_path):
    other = {"Höör": 50, "Lund": 30, "Eslöv": 20}
    first, second = folders.write(tmp_path / "a"), folders.write(tmp_path / "b", parts=other)
    assert told(first) == told(second, names=dict(zip(other, folders.PARTS, strict=True)))
    saved = [savings.savings_by_municipality(str(each), account(each).end()) for each in (first, second)]
    assert sorted(saved[0]["helar_lagst_kr"]) == sorted(saved[1]["helar_lagst_kr"])


def test_the_order_of_the_members_changes_nothing(tmp_path):
    turned = dict(reversed(folders.PARTS.items()))
    first, second = folders.write(tmp_path / "a"), folders.write(tmp_path / "b", parts=turned)
    same = [accounts.totals_by_year(str(each), Basis.INVOICE, [2019]) for each in (first, second)]
    pd.testing.assert_frame_equal(*same)


def test_a_folder_by_path_answers_all_that_a_bundled_one_does(tmp_path):
    folder = str(folders.write(tmp_path / "c"))
    totals = accounts.totals_by_year(folder, Basis.TWELVE_MONTHS).set_index(["ar", "ursprung"])
    assert totals.loc[[(2019, "bilaga")], "lagst_kr"].tolist() == [600_000]
    assert totals.loc[2021, "oforenlig"].tolist() == [True, True]
    assert reproduced.rules(folder)["aterskapade"].tolist() == [3]
    (range_only,) = [each for each in account(folder).years if each == 2020]
    assert totals.loc[[(range_only, "spann")], "lagst_kr"].tolist() == [119_500 * 5]
    eslov = next(payer for payer in account(folder).payers() if payer.name == "Eslöv")
    gone = [member for member in leaving.members(folder) if member.code == eslov.code]
    changes = leaving.ask(folder, leaving.Question(account(folder).end(), tuple(gone))).changes
    assert changes["lamnar"].sum() == 2
