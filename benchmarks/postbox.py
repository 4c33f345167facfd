"""An SMTP server in a process of its own that keeps nothing but the moment at which it acknowledged each letter."""

import asyncio
import multiprocessing
import re
import socket
import time

NUMBER = re.compile(rb"\D*(\d+)@")


class Postbox:
    """`arrived[n]` is when the letter to `<n>@…` was acknowledged (`time.monotonic`, one clock for all processes); 0 while it was not."""

    def __init__(self, size: int):
        processes = multiprocessing.get_context("fork")
        self.arrived = processes.Array("d", size, lock=False)
        self.letters, self.connections = processes.Value("L", 0, lock=False), processes.Value("L", 0, lock=False)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._socket.getsockname()[1]
        self._process = processes.Process(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._process.start()
        return self

    def __exit__(self, *exc):
        self._process.terminate()
        self._process.join()

    def empty(self) -> None:
        self.arrived[:] = [0.0] * len(self.arrived)
        self.letters.value = self.connections.value = 0

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, sock=self._socket)
        await server.serve_forever()

    async def _talk(self, reader, writer) -> None:
        self.connections.value += 1
        recipient = 0
        writer.write(b"220 postbox\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.arrived[recipient] = time.monotonic()
                    self.letters.value += 1
                elif verb == b"RCPT":
                    recipient = int(NUMBER.match(line.partition(b":")[2])[1])
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                writer.write(b"250 ok\r\n")
        except ConnectionError:
            pass
        writer.close()
