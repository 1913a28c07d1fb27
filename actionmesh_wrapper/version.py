"""The worker's version: results of another one are made anew."""

VERSION = "0.1.0"
