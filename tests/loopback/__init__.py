"""Our own Discord on 127.0.0.1: REST, gateway and CDN, as far as an unmodified discord.py needs them.

It serves what SimCord cannot: processes, the wire, nonces, faults. `python -m loopback` runs it by itself.
"""

from .bulletin import NotInTimeError
from .interactions import Interaction
from .messages import Attachment, Message
from .server import GuildHandle, LoopbackDiscord
from .world import Channel, Permission, User

__all__ = [
    "Attachment",
    "Channel",
    "GuildHandle",
    "Interaction",
    "LoopbackDiscord",
    "Message",
    "NotInTimeError",
    "Permission",
    "User",
]
