"""The version of everything that is built from this tree: the system, `gongkai-contracts`, `gongkai-client`."""

VERSION = "0.1.0"
