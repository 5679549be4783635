"""What was said to be saved is on the disk, should the power fail in the next moment."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samut_hub.catalogue.images import storage
from samut_hub.catalogue.images.drawing import Drawn
from samut_hub.catalogue.imports import files
from samut_hub.config import Config
from samut_hub.media import service as media


def keep_medium(home: Path) -> Path:
    with media.arriving(home / "media", io.BytesIO(b"%PDF-1.7 whole"), "book.pdf") as kept:
        media.put_in_place(home / "media", kept)
        return media.path_of(home / "media", kept.file)


def keep_picture(home: Path) -> Path:
    storage.put_in_place(home / "images", "ab" * 16, Drawn(large=b"large", small=b"small", width=1, height=1))
    return storage.path_of(home / "images", "ab" * 16, storage.Size.SMALL)


def keep_import(home: Path) -> Path:
    return files.store(Config(home=home), io.BytesIO(b"records")).path


@pytest.mark.parametrize("keep", [keep_medium, keep_picture, keep_import])
def test_the_content_is_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: Callable[[Path], Path]
) -> None:
    """What is synced is followed by inode: a file that gets its name keeps it."""
    synced: list[tuple[int, int]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        found = os.fstat(descriptor)
        synced.append((found.st_ino, found.st_size))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    path = keep(tmp_path)
    inode, folder = path.stat().st_ino, path.parent.stat().st_ino
    order = [number for number, _size in synced]
    assert (inode, path.stat().st_size) in synced
    assert order.index(inode) < len(order) - 1 - order[::-1].index(folder)
