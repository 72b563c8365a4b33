"""Sends the mail on standard input by Python's SMTP client, by STARTTLS where a certificate is given, and tells what was said.

send_mail.py PORT CERTIFICATE|- FROM TO…
"""

import json
import smtplib
import ssl
import sys

port, certificate, sender, *to = sys.argv[1:]
mail = sys.stdin.buffer.read()
with smtplib.SMTP("127.0.0.1", int(port), local_hostname="client.example", timeout=60) as server:
    server.ehlo()
    features = sorted(server.esmtp_features)
    if certificate != "-":
        server.starttls(context=ssl.create_default_context(cafile=certificate))
        server.ehlo()
    try:
        refused = server.sendmail(sender, to, mail)
        told = [0, ""]
    except smtplib.SMTPRecipientsRefused as error:
        refused, told = error.recipients, [0, ""]
    except smtplib.SMTPResponseException as error:
        refused, told = {}, [error.smtp_code, error.smtp_error.decode()]
    refused = {address: code for address, (code, _) in refused.items()}
    print(json.dumps({"features": features, "refused": refused, "told": told}))
