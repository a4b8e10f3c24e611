"""What can go wrong in a use case. Each message names the thing and the next step."""

from collections.abc import Sequence
from datetime import datetime

from storage.errors import StorageError
from summariser.errors import SummariserError


class UserError(Exception):
    """Base of all that a user can put right; the message is shown as it is."""


class NothingGivenError(UserError):
    """A command without the file, address or text that it needs."""

    def __init__(self) -> None:
        super().__init__("There is nothing to read yet. Attach a file or give a link, then run the command again.")


class NothingInMessageError(UserError):
    """A message that was pointed at, with nothing in it."""

    def __init__(self) -> None:
        super().__init__(
            "There is nothing to read in that message: no file, no link and no text of its own; what I say myself does "
            "not count. Use this on the message that brought the article."
        )


class NothingAddedError(UserError):
    """None of the things given could be taken in."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))


class FileTooLargeError(UserError):
    """A file over the limit; told before it is fetched where its size is known."""

    def __init__(self, filename: str, limit: int) -> None:
        super().__init__(
            f"“{filename}” is over the limit of {limit / 2**20:g} MiB. Split it, or send only the pages that matter."
        )


class DownloadError(UserError):
    """The bytes did not arrive, or not all of them."""

    status: int | None = None
    """What the server answered, where it did."""
    retry_after: float | None = None
    """Seconds for which it wants to be left alone."""

    def __init__(self, what: str, why: str) -> None:
        self.why = why
        super().__init__(f"“{what}” could not be fetched: {why}.")


class AddressError(UserError):
    """An address that will not be fetched."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"I can't open {url}: {why}.")


class WorkerDiedError(UserError):
    """Reading crashed or ran over its limits; the worker was replaced."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"“{what}” could not be read: {why}. Nothing was stored. Send its text as .txt instead.")


class WorkFailedError(WorkerDiedError):
    """Work over stored text crashed or ran over its limits; the worker was replaced."""

    def __init__(self, why: str) -> None:
        UserError.__init__(
            self, f"I could not finish this: {why}. Nothing was changed. Try again, with fewer or shorter articles."
        )


class NoSuchArticleError(UserError):
    """No stored title comes near what was asked."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        titles = ", ".join(f"“{title}”" for title in near)
        hint = f"Did you mean {titles}?" if near else "Use /add to bring an article in first."
        super().__init__(f"There is no article “{asked}” here. {hint}")


class AmbiguousArticleError(UserError):
    """Several titles fit."""

    def __init__(self, asked: str, fitting: Sequence[str]) -> None:
        titles = ", ".join(f"“{title}”" for title in fitting)
        super().__init__(
            f"Several articles fit “{asked}”: {titles}. Pick one from the list, or type more of its title."
        )


class DayError(UserError):
    """A day that cannot be read, or that could be two."""

    def __init__(self, option: str, typed: str, why: str) -> None:
        self.why = why
        super().__init__(
            f"“{typed}” in {option}: {why}. Write 2024-03-05, 5 March 2024, March 2024, 2024, yesterday or 2 weeks ago."
        )


class DateError(UserError):
    """The date of an article that cannot be read, that could be two, or that cannot be."""

    def __init__(self, typed: str, why: str) -> None:
        super().__init__(
            f"“{typed}” in date: {why}. Write 2024-03-05, 5 March 2024 or 5.3.2024 14:30; a single - takes it out."
        )


class DaysOrderError(UserError):
    """A beginning after the end."""

    def __init__(self, since: str, until: str) -> None:
        super().__init__(f"since: {since} is after until: {until}, so nothing can lie between. Swap the two.")


class NoSuchSourceError(UserError):
    """No source in sight has such a name."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        names = ", ".join(f"“{name}”" for name in near)
        hint = f"Did you mean {names}?" if near else "Leave the source out, or type part of its name and pick it."
        super().__init__(f"No article here is from “{asked}”. {hint}")


class UnknownOrderError(UserError):
    """An order that hits cannot have."""

    def __init__(self, asked: str, orders: Sequence[str]) -> None:
        super().__init__(f"There is no order “{asked}”. Hits come in the order {' or '.join(orders)}.")


class BriefLengthError(UserError):
    """Fewer than one sentence, or more than a brief has."""

    def __init__(self, asked: int, most: int) -> None:
        super().__init__(f"A brief has 1 to {most} sentences, not {asked:,}. Ask for a number between them.")


class NoWordsError(UserError):
    """Something to look for without a word in it."""

    def __init__(self) -> None:
        super().__init__(
            "There is no word in it to look for. Give the words of a quotation: a sentence, or a part of one."
        )


class QuotationLengthError(UserError):
    """More words than a quotation has."""

    def __init__(self, asked: int, most: int) -> None:
        super().__init__(f"That is {asked:,} words, and I look for at most {most}. Give the sentence that matters.")


class NotYoursError(UserError):
    """A control that belongs to somebody else."""

    def __init__(self, who: str, *, advice: str = "Run the command yourself to get your own.") -> None:
        super().__init__(f"This button is for {who}. {advice}")


class TooLongError(UserError):
    """More text in a form than it takes."""

    def __init__(self, label: str, longest: int) -> None:
        super().__init__(f"“{label}” takes at most {longest:,} characters. Send a longer text as a .txt file.")


class NotBroughtError(NotYoursError):
    """An article that somebody else brought."""

    def __init__(self, title: str, doing: str) -> None:
        UserError.__init__(
            self,
            f"“{title}” can be {doing} by the person who brought it and by those who may manage messages here. "
            "Ask one of them.",
        )


class UnknownLanguageError(UserError):
    """No language of that name among those that are known."""

    def __init__(self, typed: str, known: Sequence[str]) -> None:
        super().__init__(
            f"I know no language “{typed}”. I know {', '.join(known)}; a single - says that it is another one."
        )


class FactTooLongError(UserError):
    """More than a title, a source or a name holds."""

    def __init__(self, option: str, length: int, most: int) -> None:
        super().__init__(f"{option} has {length:,} characters and takes at most {most}. Give it in fewer words.")


class NoNextArticleError(UserError):
    """The last article of a file, which nothing follows that could be merged with it."""

    def __init__(self, title: str, *, alone: bool) -> None:
        why = "the only article of its file" if alone else "the last article of its file"
        advice = "" if alone else " To add it to the one before, name that one."
        super().__init__(f"“{title}” is {why}: nothing follows that could be merged with it.{advice}")


class NoSuchPlaceError(UserError):
    """A place to split at that is not in the article, or at its beginning."""

    def __init__(self, typed: str, title: str, paragraphs: int) -> None:
        where = f"a paragraph from 2 to {paragraphs}" if paragraphs > 2 else "paragraph 2"
        takes = f"Pick {where}, or type" if paragraphs > 1 else "Type"
        super().__init__(
            f"“{title}” cannot be split at “{typed}”. {takes} the words with which the second article begins, exactly "
            "as they stand there."
        )


class NotProposedError(UserError):
    """A place at which a split was proposed, and is no more."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"“{title}” is not to be split there any more: it has been done, or it has been put right in another way. "
            "Use /article show to see it as it is now."
        )


class SeveralPlacesError(UserError):
    """Words that stand in an article more than once."""

    def __init__(self, typed: str, times: int) -> None:
        super().__init__(f"“{typed}” stands there {times} times. Type more of the words with which the second begins.")


class NobodyToShareError(UserError):
    """Sharing in a desk that is one person's own."""

    def __init__(self) -> None:
        super().__init__(
            "There is nobody to share with: this desk is yours alone. In a server, /article share lets everyone there "
            "draw on a file."
        )


class NothingToBringBackError(UserError):
    """Something that was taken out cannot be brought back, or not by this person."""

    def __init__(self) -> None:
        super().__init__(
            "There is nothing to bring back: a day has passed, or it is here again already, or it was not yours. Pick "
            "from the list of /article restore, or bring it in again with /add."
        )


class MayNotDecideError(NotYoursError):
    """Somebody who may not decide who is meant by a name."""

    def __init__(self) -> None:
        UserError.__init__(
            self, "Who is meant by a name is decided by those who may manage messages here. Ask one of them."
        )


class NotTheirSpellingError(UserError):
    """A spelling that cannot be parted from an entity."""

    def __init__(self, spelling: str, name: str, theirs: Sequence[str]) -> None:
        others = ", ".join(f"“{one}”" for one in theirs[:5])
        can = f"It goes by {others}: one of these can be split off." if len(theirs) > 1 else "It has one name alone."
        super().__init__(
            f"“{spelling}” cannot be split off “{name}”. {can} Shorter spellings follow the full name that their own "
            "article gives."
        )


class SpelledAlikeError(UserError):
    """Names that no decision can part."""

    def __init__(self, spelling: str, name: str) -> None:
        super().__init__(
            f"“{spelling}” and the other spellings of “{name}” differ in no more than case, accents, articles or "
            "titles: that is one name to me, and cannot be split."
        )


class NameToGiveError(UserError):
    """What nobody can be called."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"A name has letters in it and takes at most {longest} characters. Choose another one.")


class UnknownRequestError(UserError):
    """A control that this version no longer understands."""

    def __init__(self) -> None:
        super().__init__("This button is from another version of me. Run the command again for fresh ones.")


class NotAdminError(UserError):
    """A setting of a server, asked for by somebody who may not manage it."""

    def __init__(self) -> None:
        super().__init__("Settings are for those with the permission Manage Server here. Ask one of them to change it.")


class ExportForManagersError(UserError):
    """What a server holds, asked for as a file by somebody who may not manage it."""

    def __init__(self) -> None:
        super().__init__("An export is for those with the permission Manage Server here. Ask one of them for it.")


class PrivatelyAloneError(UserError):
    """An answer that is for the asker alone, where others would see it."""

    def __init__(self) -> None:
        super().__init__("That is for you alone, and others would see it here. Use the command itself: /export.")


class NeedsServerError(UserError):
    """Something of a server's, asked for in a desk that is one person's own."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} belong to a server, and this desk is yours alone: it is for direct messages, and for places where "
            "I am no member. Add me to a server and set it there."
        )


class AwayFromServerError(UserError):
    """A button in direct messages that asks something of a server, of which the asker is no member, or I am none."""

    def __init__(self) -> None:
        super().__init__(
            "This asks something of a server where you or I cannot be found just now. If you are a member there, try "
            "it again in a minute, or ask me in that server."
        )


class UnknownZoneError(UserError):
    """No time zone of that name."""

    def __init__(self, typed: str, near: Sequence[str]) -> None:
        hint = f"Did you mean {' or '.join(near)}?" if near else "Type a large city near you and pick it from the list."
        super().__init__(f"There is no time zone “{typed}”. {hint}")


class UnknownChannelError(UserError):
    """A channel that is not there, or that the asker cannot read."""

    def __init__(self) -> None:
        super().__init__("That is no channel of this server that you can read. Pick one from the list.")


class SettingRangeError(UserError):
    """A number that a setting does not take."""

    def __init__(self, what: str, least: int, most: int) -> None:
        super().__init__(f"{what} takes a number from {least:,} to {most:,}.")


class SettingChoiceError(UserError):
    """A word that a setting does not take."""

    def __init__(self, what: str, takes: Sequence[str]) -> None:
        super().__init__(f"{what} takes {' or '.join(takes)}.")


class MayNotAddError(UserError):
    """Somebody who may not bring articles into this desk."""

    def __init__(self) -> None:
        super().__init__(
            "Here only those who may manage messages or the server bring articles in. Ask one of them, or send it to "
            "me in a direct message: that desk is your own."
        )


class LimitError(UserError):
    """A limit is reached; in most cases waiting helps."""

    def __init__(self, limit: str, *, opens: datetime | None = None, wait: str = "") -> None:
        self.limit = limit
        """Which limit, in a sentence."""
        self.opens = opens
        """When it opens again; None where waiting does not help."""
        super().__init__(f"{limit} Try again in {wait}." if wait else limit)


class UnknownHelpError(UserError):
    """No command of that name to explain."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        meant = " or ".join(f"/{name}" for name in near)
        super().__init__(f"There is no command “{asked}”. " + (f"Did you mean {meant}?" if near else "See /help."))


def explain(error: BaseException) -> str | None:
    """Return what to tell the user of this error, or None where it is a bug and belongs in the log."""
    if isinstance(error, UserError | SummariserError | StorageError):
        return str(error)
    return None


class ScheduleTimeError(UserError):
    """The times of a schedule that cannot be."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"This schedule cannot run: {why}. Change when it runs.")


class DigestContentError(UserError):
    """What a digest is to be of, and cannot be."""

    def __init__(self, why: str) -> None:
        super().__init__(f"There can be no such digest: {why}. Change what it is of.")


class RunTimeError(UserError):
    """A time or a day at which nothing can run, or that cannot be understood."""

    def __init__(self, option: str, typed: str, why: str, advice: str) -> None:
        super().__init__(f"“{typed}” in {option}: {why}. {advice}.")


class IntervalTooShortError(UserError):
    """More often than anything is posted."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed}” is too often: the shortest interval is an hour. Write hourly, daily, weekdays, weekly or "
            "monthly."
        )


class DigestSubjectsError(UserError):
    """Several things that one digest cannot be about at once."""

    def __init__(self) -> None:
        super().__init__(
            "A digest is of one thing: give a topic, an entity or a source, and leave the others out. A single - in "
            "one of them makes it of everything."
        )


class NotDigestAdminError(NotYoursError):
    """A digest to a channel, wanted by somebody who may not manage the server."""

    def __init__(self) -> None:
        UserError.__init__(
            self,
            "What is posted to a channel by schedule is for those with the permission Manage Server here. Ask one of "
            "them, or set to_me, which sends it to you alone.",
        )


class UnknownDigestError(UserError):
    """No digest of that name that the asker can see."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        names = " or ".join(f"“{name}”" for name in near)
        hint = f"Did you mean {names}?" if near else "/digest list shows which there are."
        super().__init__(f"There is no digest “{asked}” here. {hint}")


class AmbiguousDigestError(UserError):
    """Several digests fit."""

    def __init__(self, asked: str, fitting: Sequence[str]) -> None:
        names = ", ".join(f"“{name}”" for name in fitting)
        super().__init__(f"Several digests fit “{asked}”: {names}. Pick one from the list that is offered as you type.")


class DigestAlikeError(UserError):
    """A second digest that would say the same in the same place at the same times."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is the same already: same place, times and content. Change one of these, or change that one "
            "with /digest edit."
        )


class LacksPermissionsError(UserError):
    """A place where the bot may not do what a digest needs."""

    def __init__(self, lacking: Sequence[str], *, role: bool = False) -> None:
        what = "to notify that role" if role else "to post there once and find it again"
        super().__init__(
            f"I lack what I need {what}: {', '.join(lacking)}. Ask whoever runs the server to grant it, then run this "
            "again, or choose another channel."
        )


class UnknownRoleError(UserError):
    """A role that cannot be notified."""

    def __init__(self) -> None:
        super().__init__("That is no role that a digest can notify: @everyone is none. Pick another, or leave it out.")


class NobodyToPostToError(UserError):
    """Posting, wanted where nothing can be posted: at a terminal."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing is posted to a terminal by itself. /digest preview prints what would be posted; in Discord the "
            "bot posts it."
        )


class NeedsDiscordError(UserError):
    """A channel, named where nothing is known of channels."""

    def __init__(self) -> None:
        super().__init__("What may be posted in a channel is known in Discord alone: run this there.")


class DigestPausedError(UserError):
    """A digest that is to run at once, and is paused."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"“{name}” is paused: {why}. Resume it first with /digest resume.")


class NoPlaceForFeedError(UserError):
    """A channel in which the bot may not post what it is asked to."""

    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__(
            f"New entries cannot be posted there: my role lacks {', '.join(lacks)}. Grant that, or leave out post:."
        )


class NoSuchFeedError(UserError):
    """No feed in sight is called so."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        hint = f"Did you mean {', '.join(f'“{one}”' for one in near)}?" if near else "/feed list shows which there are."
        super().__init__(f"No feed “{asked}” is followed here. {hint}")


class NotFeedAdminError(NotAdminError):
    """Feeds of a server, asked for by somebody who may not manage it."""

    def __init__(self) -> None:
        UserError.__init__(
            self, "Feeds are for those with the permission Manage Server here. Ask one of them to change them."
        )


class NobodyToNotifyError(UserError):
    """A role, to be notified of what one person alone gets."""

    def __init__(self) -> None:
        super().__init__("What goes to you alone notifies no role. Leave mention out, or name a channel.")


class NothingToWatchForError(UserError):
    """A watch for nothing."""

    def __init__(self) -> None:
        super().__init__(
            "Say what to watch for: search takes words, such as night ferry, and entity a person, body or place."
        )


class SeveralToWatchForError(UserError):
    """A watch for a search and for a name in one."""

    def __init__(self) -> None:
        super().__init__("A watch is for a search or for an entity. Add two watches: each tells what it finds.")


class NotWatchAdminError(NotYoursError):
    """A watch that tells a channel, of somebody who may not manage the server."""

    def __init__(self) -> None:
        UserError.__init__(
            self,
            "What I tell in a channel is for those with the permission Manage Server here. Ask one of them, or leave "
            "channel out: then I tell you alone.",
        )


class NoSuchWatchError(UserError):
    """No watch fits what was typed, or several do."""

    def __init__(self, typed: str, fitting: Sequence[str]) -> None:
        named = ", ".join(f"“{one}”" for one in fitting)
        none = f"There is no watch “{typed}” here. /watch list shows which there are."
        several = f"Several watches fit “{typed}”: {named}. Pick one from the list that is offered as you type."
        super().__init__(several if fitting else none)


class NobodyToTellError(UserError):
    """A watch, wanted at a terminal."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing is told to a terminal by itself. /catchup shows there what is new; watches work in Discord."
        )
