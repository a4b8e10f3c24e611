"""The buttons, menus and forms of a reply: what they do is kept, so that they work after a restart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from bot.services.calls import Call
from bot.services.errors import NotYoursError, UnknownRequestError
from bot.services.replies import Asked, Field, Request, Who
from storage.base import KeptActions, Storage
from storage.errors import UnknownActionError
from storage.ids import new_id

# Long enough to come back to last season's brief, short enough that the table stays small.
KEPT_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Control:
    """What one button, one line of a menu or one form does, and for whom."""

    request: Request
    who: Who = Who.ASKER
    private: bool = False
    anew: bool = False
    openly: bool = False
    fields: tuple[Field, ...] = ()
    """What a form asks for: nothing else is taken when it is sent in. Of other controls nothing."""
    desk_id: int | None = None
    """The desk that it asks, where that is not the one in which it is used: a server's, in direct messages."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        how = {"who": self.who.value, "private": self.private, "anew": self.anew, "openly": self.openly}
        asked = {"fields": [asdict(field) for field in self.fields]} if self.fields else {}
        elsewhere = {} if self.desk_id is None else {"desk": self.desk_id}
        return {"request": self.request.to_json(), **how, **asked, **elsewhere}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Control":
        """Take back what `to_json` gave.

        Raises:
            UnknownRequestError: another version wrote it.
        """
        try:
            request, who = Request.from_json(value["request"]), Who(value["who"])
            fields = tuple(map(_field, value.get("fields", ())))
            openly, desk_id = value.get("openly", False), value.get("desk")
            return cls(request, who, value["private"], value["anew"], openly, fields, desk_id)
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownRequestError from error


class ControlService:
    """Keeps controls, and checks at the click who may use them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def keep(self, call: Call, controls: Sequence[Control]) -> int:
        """Remember what these controls do; return the id that `take` knows them by."""
        actions_id = new_id(call.now)
        requests = tuple(control.to_json() for control in controls)
        kept = KeptActions(actions_id, call.scope.asker_id, requests, call.now + KEPT_FOR)
        await self._storage.keep_actions(call.scope.desk_id, kept)
        return actions_id

    async def keep_as(self, call: Call, actions_id: int, controls: Sequence[Control]) -> None:
        """Remember what these controls do under an id that the caller made, unless that was done before."""
        try:
            await self._storage.actions(call.scope.desk_id, actions_id, now=call.now)
        except UnknownActionError:
            requests = tuple(control.to_json() for control in controls)
            kept = KeptActions(actions_id, call.scope.asker_id, requests, call.now + KEPT_FOR)
            await self._storage.keep_actions(call.scope.desk_id, kept)

    async def take(self, call: Call, actions_id: int, index: int) -> Control:
        """Return the control that was pressed.

        Raises:
            UnknownActionError: expired, or not of this desk.
            UnknownRequestError: no such control, or one of another version.
            NotYoursError: it is somebody else's.
        """
        kept = await self._storage.actions(call.scope.desk_id, actions_id, now=call.now)
        if not 0 <= index < len(kept.requests):
            raise UnknownRequestError
        control = Control.from_json(kept.requests[index])
        _check(control.who, owner=kept.owner_id, call=call)
        return control


def _field(value: dict[str, Any]) -> Field:
    """Take back what a form asks for."""
    return Field(**value | {"kind": Asked(value["kind"])})


def _check(who: Who, *, owner: int, call: Call) -> None:
    if who is Who.ANYONE or call.scope.asker_id == owner:
        return
    if who is Who.ASKER:
        raise NotYoursError("the person who asked")
    if not call.manager:
        raise NotYoursError("the person who asked and those who may manage messages here", advice="Ask one of them.")
