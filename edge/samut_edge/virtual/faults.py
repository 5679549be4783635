"""What goes wrong at the bench, said to the person at the bench."""


class BenchError(Exception):
    """The wish cannot be done now; said in Thai and English."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__(english)
        self.thai, self.english = thai, english
