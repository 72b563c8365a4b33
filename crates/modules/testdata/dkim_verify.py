"""Says whether the signature of the mail on stdin is good, by the one TXT record that the DNS has here.

dkim_verify.py NAME TEXT
"""

import sys

import dkim


def main(name, text):
    def records(asked, timeout=5):
        asked = asked.decode() if isinstance(asked, bytes) else asked
        return text.encode() if asked.rstrip(".") == name else None

    print("good" if dkim.verify(sys.stdin.buffer.read(), dnsfunc=records, minkey=1024) else "bad")


main(*sys.argv[1:])
