"""Pictures in an answer: seen where they stand, and described for those who cannot see them."""

from simcord.components import validate_components

from bot.render.discord import lay_out
from bot.services.replies import Attachment, Line, Reply

PICTURE = Attachment("chart.png", b"\x89PNG", "Eels by day: 3 on Monday", shown=True)
FILE = Attachment("notes.txt", b"eels", "The notes")


def drawn(*attachments, files=True):
    view = lay_out(Reply("Eels", (Line(("Some eels.",)),), attachments=attachments)).view(1, files=files)
    components = view.to_components()
    validate_components(components, flags=1 << 15)
    return components[0]["components"]


def test_a_picture_is_shown_with_its_description_and_other_files_to_download():
    gallery, file = drawn(PICTURE, FILE)[-2:]

    assert gallery["type"] == 12
    [item] = gallery["items"]
    assert item["media"]["url"] == "attachment://chart.png"
    assert item["description"] == "Eels by day: 3 on Monday"
    assert (file["type"], file["file"]["url"]) == (13, "attachment://notes.txt")


def test_a_long_description_is_cut_to_what_a_gallery_holds():
    long = Attachment("chart.png", b"\x89PNG", "eels " * 100, shown=True)

    [item] = drawn(long)[-1]["items"]

    assert len(item["description"]) <= 256


def test_a_picture_that_could_not_be_attached_leaves_no_hole():
    assert all(part["type"] != 12 for part in drawn(PICTURE, files=False))
