"""A storage that is not there."""

from django.core.files.storage import FileSystemStorage


class NoStorage(FileSystemStorage):
    """Answers as a disk that was taken out."""

    def exists(self, name: str) -> bool:
        """Never answers."""
        raise OSError(name)
