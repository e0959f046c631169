"""``avrundning``: how shares and amounts are rounded, and who carries what that leaves over."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from analys.agreement.fields import Municipality, Term, choice
from analys.rounding import Mode, Residual, Rounding, Unit

UNITS: Final = {
    "ore": Unit.ORE, "krona": Unit.KRONA, "tio": Unit.TEN, "hundra": Unit.HUNDRED, "tkr": Unit.TKR,
}  # fmt: skip
MODES: Final = {
    "halv_upp": Mode.HALF_UP, "halv_jamn": Mode.HALF_EVEN, "nedat": Mode.FLOOR, "uppat": Mode.UP,
}  # fmt: skip
RESIDUALS: Final = {
    "ingen": Residual.NONE,
    "storsta_rest": Residual.LARGEST_REMAINDER,
    "storsta_medlem": Residual.LARGEST_MEMBER,
    "vard": Residual.HOST,
    "divisor": Residual.DIVISOR,
}


_MODES: Final = {
    Mode.HALF_UP: "till närmaste",
    Mode.HALF_EVEN: "till närmaste jämna",
    Mode.FLOOR: "nedåt till",
    Mode.UP: "uppåt till",
}
_UNITS: Final = {
    Unit.ORE: "öre",
    Unit.KRONA: "hel krona",
    Unit.TEN: "tiotal kronor",
    Unit.HUNDRED: "hundratal kronor",
    Unit.TKR: "tusental kronor",
}


class RoundingTerm(Term):
    """How shares and amounts are rounded."""

    share_decimals: int | None = Field(None, alias="andel_decimaler", ge=0, le=12)
    rescaled: bool = Field(False, alias="andel_uppraknad")
    unit: Annotated[Unit, BeforeValidator(choice(UNITS))] = Field(Unit.KRONA, alias="enhet")
    mode: Annotated[Mode, BeforeValidator(choice(MODES))] = Field(Mode.HALF_UP, alias="regel")
    residual: Annotated[Residual, BeforeValidator(choice(RESIDUALS))] = Field(Residual.NONE, alias="rest")
    host: Municipality | None = Field(None, alias="vard")

    @property
    def rule(self) -> Rounding:
        return Rounding(self.share_decimals, Mode.HALF_UP, self.rescaled, self.unit, self.mode, self.residual)

    def told(self) -> str:
        shares = "oavrundade andelar"
        if self.share_decimals is not None:
            decimals = max(0, self.share_decimals - 2)
            shares = f"andelar med {decimals} {'decimal' if decimals == 1 else 'decimaler'} i procent"
        carried = {
            Residual.NONE: "",
            Residual.LARGEST_REMAINDER: ", resten efter största rest",
            Residual.LARGEST_MEMBER: ", resten på den största",
            Residual.HOST: f", resten på värdkommunen{f' {self.host.name}' if self.host else ''}",
            Residual.DIVISOR: ", divisormetod",
        }
        return f"{shares} och belopp {_MODES[self.mode]} {_UNITS[self.unit]}{carried[self.residual]}"
