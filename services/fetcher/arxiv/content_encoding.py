"""The one content encoding that is asked for, gzip, undone while the answer streams and never past a cap.

httpx would undo whatever a server names, in any depth: some kilobytes can become gigabytes.
"""

import zlib

ACCEPTED = "gzip"
_MAGIC = b"\x1f\x8b"


class BadEncoding(ValueError):
    """An answer in an encoding that was not asked for, or in one that is broken."""


class Decoder:
    """Takes the pieces of a body and gives them plain. Whatever does not begin as gzip does is plain already."""

    def __init__(self, content_encoding: str) -> None:
        """`x-gzip` is how arXiv names a source that is a gzip file itself: that one is left as it is."""
        named = content_encoding.strip().lower()
        if named not in ("", "identity", "x-gzip", ACCEPTED):
            raise BadEncoding(f"the encoding {named[:40]!r}, which was not asked for")
        self._may_be_packed = named == ACCEPTED
        self._start = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, piece: bytes, most: int) -> bytes:
        """The plain bytes of a piece, at most `most + 1` of them: whoever gets that many has been given too many."""
        if self._stream is None and self._may_be_packed:
            self._start += piece
            if len(self._start) < len(_MAGIC):
                return b""
            piece, self._start, self._may_be_packed = self._start, b"", False
            if piece.startswith(_MAGIC):
                self._stream = zlib.decompressobj(wbits=31)
        return piece if self._stream is None else self._inflate(self._stream, piece, most)

    def end(self) -> bytes:
        """What is left. Raises BadEncoding where the stream broke off."""
        if self._stream is not None and not self._stream.eof:
            raise BadEncoding("a gzip stream that breaks off")
        return self._start

    @staticmethod
    def _inflate(stream: "zlib._Decompress", piece: bytes, most: int) -> bytes:
        try:
            content = stream.decompress(piece, most + 1)
        except zlib.error as error:
            raise BadEncoding("a broken gzip stream") from error
        if stream.unused_data:
            raise BadEncoding("bytes after the end of a gzip stream")
        return content
