import socket
import time
from contextlib import closing

import pytest

from actionmesh_wrapper.system.sockets import resetting_socket


def test_what_was_not_received_is_dropped_when_it_is_closed() -> None:
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the system's least, some kB
        server.bind(("127.0.0.1", 0))
        server.listen()
        address = server.getsockname()
        client = resetting_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", address))
        client.connect(address)
        client.send(bytes(100_000))
        with closing(server.accept()[0]) as accepted:
            time.sleep(0.1)
            client.close()
            received = 0
            with pytest.raises(ConnectionResetError):
                while True:
                    received += len(accepted.recv(4096))
            assert received < 100_000
