"""A mail server for tests: tells its port, then every mail it takes, as one JSON line each.

smtp_server.py plain|starttls|tls|login|token [CERTIFICATE KEY]
"""

import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Mails:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@"):
            return "451 4.3.0 try again"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.original_content.decode("utf-8"),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "login": str(session.auth_data or ""),
        }
        print(json.dumps(mail), flush=True)
        return "250 2.0.0 taken"


def login(server, session, envelope, mechanism, data):
    name, password = data.login.decode(), data.password.decode()
    if (name, password) == ("shop@example.com", "geheim"):
        return AuthResult(success=True, auth_data=name)
    return AuthResult(success=False, handled=False)


class WithToken(SMTP):
    """Takes XOAUTH2, as Google and Microsoft do, and nothing else."""

    async def auth_XOAUTH2(self, _, args):
        said = base64.b64decode(args[1]).decode().split("\x01")
        user, token = said[0].removeprefix("user="), said[1].removeprefix("auth=Bearer ")
        if token == "good-token-1":
            return AuthResult(success=True, auth_data=f"{user} {token}")
        return AuthResult(success=False, handled=False)


async def main(mode, certificate=None, key=None):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    options = {"enable_SMTPUTF8": True, "hostname": "localhost"}
    if mode == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if mode == "login":
        options |= {"authenticator": login, "auth_required": True, "auth_require_tls": False}
    if mode == "token":
        exclude = ["LOGIN", "PLAIN"]
        options |= {"auth_required": True, "auth_require_tls": False, "auth_exclude_mechanism": exclude}
    server_class = WithToken if mode == "token" else SMTP
    server = await asyncio.get_running_loop().create_server(
        lambda: server_class(Mails(), **options), "127.0.0.1", 0, ssl=context if mode == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
