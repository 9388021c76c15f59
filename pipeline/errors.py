"""The two ways in which Corridor fails; telling them apart decides whether the other articles go on."""


class CorridorError(Exception):
    """Base of both; its text is written for the person at the terminal."""


class ArticleError(CorridorError):
    """This one article failed; the rest go on.

    `where` names the file (and line or row) that the article came from.
    """

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = _writable(where), _writable(reason)
        super().__init__(f"{self.where}: {self.reason}")


def _writable(text: str) -> str:
    """As UTF-8 can hold it: the name of a file may be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class SetupError(CorridorError):
    """Nothing can go on: the text says what is missing and what to do about it."""
