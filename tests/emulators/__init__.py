"""Channels to test against, on 127.0.0.1: real sockets, real HTTP, and every way in which a network or a server goes wrong."""
