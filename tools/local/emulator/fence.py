"""Admits only requests of the user who started the emulator.

By itself, the emulator trusts everyone who reaches its port. It never verifies its administrator's
signatures: the key id alone gives full access, and every presigned URL contains a key id.
Functions run as processes of the user, so everyone with access can run code as the user. A web page
in the user's browser can reach the port, and so can every other user of the machine.

`Fence` wraps the emulator's ASGI application. It refuses every request except for health checks,
requests to the deployed API, and requests whose AWS signature it has verified. A web page of
another origin can use only the API and presigned URLs, and only if the page comes from this machine
or from an origin that the stack's `corsOrigins` names.

`fence_runtime_api` protects the listeners through which functions receive their invocations: only
the function itself can use its listener.
"""

import dataclasses
import fnmatch
import hashlib
import hmac
import html
import json
import re
import secrets
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timezone

ALGORITHM = "AWS4-HMAC-SHA256"

# Largest accepted difference between a signature's time and now, in seconds. AWS has this limit:
# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
CLOCK_SKEW = 15 * 60

# Longest validity of a presigned URL, in seconds. S3 refuses a URL with a longer one:
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
LONGEST_VALIDITY = 7 * 24 * 60 * 60

HEALTH = "/_ministack/health"

# Path at which the administrator requests a session for a function that runs outside the emulator.
# It is a session of the function's role.
SESSION = "/_pixgauge/session"

# Validity in seconds of a session requested at the path `SESSION`: the longest that a role allows.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SESSION_VALIDITY = 12 * 60 * 60

# Prefix of the paths under which the emulator serves deployed APIs.
API = "/_aws/execute-api/"

HOST = re.compile(r"(\[::1\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?")
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?")
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<credential>[^,\s]+), *SignedHeaders=(?P<headers>[^,\s]+),"
    r" *Signature=(?P<signature>[0-9a-f]{64})"
)
CREDENTIAL = re.compile(
    r"(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
DIGEST = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """The emulator must not receive the request. The message says why."""


class Request:
    """The parts of an ASGI scope that decide whether a request is admitted."""

    def __init__(self, scope):
        self.method = scope.get("method", "GET")
        self.path = scope["path"]
        self.raw_path = scope["raw_path"].decode("latin-1")
        try:
            query = scope["query_string"].decode("ascii")
            self.query = urllib.parse.parse_qsl(query, keep_blank_values=True, errors="strict")
        except (UnicodeDecodeError, ValueError):
            raise Refused("the query string is not valid") from None
        headers = scope["headers"]
        self.headers = [(name.decode("latin-1").lower(), text(value)) for name, value in headers]

    def header(self, name):
        """Returns a header's value, or None. Refuses a request that repeats the header."""
        return only([value for other, value in self.headers if other == name], f"header {name}")

    def parameter(self, name):
        """Returns a query parameter, or None. Refuses a request that repeats the parameter."""
        return only([value for other, value in self.query if other == name], f"parameter {name}")

    def host(self):
        """Returns the host name and port that the request names. Refuses names of other machines.

        With DNS rebinding, the host name of a foreign web page resolves to this machine. The
        browser then lets the page read this machine's responses. But it still sends the page's
        host name: https://en.wikipedia.org/wiki/DNS_rebinding
        """
        host = (self.header("host") or "").lower()
        match = HOST.fullmatch(host)
        if match is None or not is_loopback(match[1]):
            raise Refused(f"{host!r} is not a name of this machine: use 127.0.0.1 or localhost")
        return host

    def initiator(self):
        """Returns the origin of the web page that caused the request.

        Returns None if the page has the same origin, or if no header shows that a page caused the
        request. Returns "null" if Sec-Fetch-Site says that a page of another origin caused the
        request, but no header names that origin.
        https://www.w3.org/TR/fetch-metadata/
        """
        site = self.header("sec-fetch-site")
        origin = self.header("origin")
        if origin is None and self.header("referer"):
            origin = "/".join(self.header("referer").split("/", 3)[:3])
        own = origin is not None and origin.lower() == f"http://{self.host()}"
        if site in (None, "none", "same-origin"):
            return None if own else origin
        return "null" if own or origin is None else origin

    def is_presigned(self):
        """True if the request is signed in its query, not in a header."""
        return any(name == "X-Amz-Signature" for name, _ in self.query)

    def claims_identity(self):
        """True if the emulator may find an access key, genuine or not, in the request."""
        if (self.header("authorization") or "").lstrip().startswith("AWS"):
            return True
        claims = {"x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid"}
        return any(name.lower() in claims for name, _ in self.query)


def text(value):
    """Decodes the value of a header."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def only(values, name):
    """Returns the only value, or None if there is none. Refuses a request with several values."""
    if len(values) > 1:
        raise Refused(f"the request repeats the {name}")
    return values[0] if values else None


def is_loopback(host):
    return host in ("127.0.0.1", "[::1]", "localhost") or host.endswith(".localhost")


def may_read(origin, allowed):
    """True if pages of `origin` may use the API.

    `allowed` is the API's list of origins. An entry `*`, with or without a scheme, allows no page.
    """
    match = ORIGIN.fullmatch(origin.lower())
    if match is None:
        return False
    named = [it.lower() for it in allowed if it not in ("*", "http://*", "https://*")]
    return is_loopback(match[1]) or any(fnmatch.fnmatchcase(origin.lower(), it) for it in named)


class Signature:
    """The signature in a request's `Authorization` header or query, before it is verified."""

    def __init__(self, request):
        authorization = request.header("authorization")
        if authorization is not None and request.is_presigned():
            raise Refused("the request is signed twice, in its header and in its query")
        if authorization is not None:
            match = AUTHORIZATION.fullmatch(authorization.strip())
            twice = any(name.lower() == "x-amz-credential" for name, _ in request.query)
            if match is None or twice:
                raise Refused(f"the signature is not a valid {ALGORITHM} signature")
            credential, self.headers = match["credential"], match["headers"]
            self.value = match["signature"]
            self.time = request.header("x-amz-date") or ""
            self.token = request.header("x-amz-security-token")
            self.valid_for = CLOCK_SKEW
        else:
            if request.parameter("X-Amz-Algorithm") != ALGORITHM:
                raise Refused(f"the query is not signed with {ALGORITHM}")
            credential = request.parameter("X-Amz-Credential") or ""
            self.headers = request.parameter("X-Amz-SignedHeaders") or ""
            self.value = request.parameter("X-Amz-Signature") or ""
            self.time = request.parameter("X-Amz-Date") or ""
            self.token = request.parameter("X-Amz-Security-Token")
            self.valid_for = validity(request.parameter("X-Amz-Expires"))
        scope = CREDENTIAL.fullmatch(credential)
        if scope is None or not self.time.startswith(scope["day"]):
            raise Refused("the signature's credential scope is not valid")
        self.key, self.region, self.service = scope["key"], scope["region"], scope["service"]
        self.headers = self.headers.split(";")
        if "host" not in self.headers:
            raise Refused("the signature does not cover the host")

    def check_time(self, now):
        try:
            signed = datetime.strptime(self.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        except ValueError:
            raise Refused("the signature's time is not valid") from None
        age = now - signed.timestamp()
        if not -CLOCK_SKEW <= age <= self.valid_for:
            raise Refused("the signature has expired, or this machine's clock is wrong")


def validity(seconds):
    """Reads the number of seconds for which a presigned URL is valid."""
    if not re.fullmatch(r"\d{1,6}", seconds or "") or not 1 <= int(seconds) <= LONGEST_VALIDITY:
        raise Refused(f"the parameter X-Amz-Expires is not a number from 1 to {LONGEST_VALIDITY}")
    return int(seconds)


def expected_signature(request, signature, secret, body, method):
    """Computes the signature that `request` has if it is signed with `secret`."""
    from botocore import auth, awsrequest, credentials
    from botocore.compat import HTTPHeaders

    in_query = request.is_presigned()
    kinds = {
        (False, False): auth.SigV4Auth,
        (False, True): auth.S3SigV4Auth,
        (True, False): auth.SigV4QueryAuth,
        (True, True): auth.S3SigV4QueryAuth,
    }

    # By itself, botocore selects the headers to sign. Here the client has already selected them.
    class Verifier(kinds[in_query, signature.service == "s3"]):
        def headers_to_sign(self, _):
            headers = HTTPHeaders()
            for name, value in request.headers:
                if name in signature.headers:
                    headers[name] = value
            return headers

        def signed_headers(self, headers_to_sign):
            return ";".join(signature.headers)

    sent = awsrequest.AWSRequest(method, f"http://{request.host()}{request.raw_path}")
    sent.params = [it for it in request.query if not in_query or it[0] != "X-Amz-Signature"]
    sent.context["timestamp"] = signature.time
    if not (in_query and signature.service == "s3"):
        sent.headers["X-Amz-Content-SHA256"] = payload(request, signature, body)
    signer = credentials.Credentials(signature.key, secret)
    verifier = Verifier(signer, signature.service, signature.region)
    canonical = verifier.canonical_request(sent)
    return verifier.signature(verifier.string_to_sign(sent, canonical), sent)


def payload(request, signature, body):
    """Returns what the signature covers in place of the body: the body's hash, or a constant of S3.

    Raises Refused if the signature covers a hash that is not that of the body.
    """
    computed = hashlib.sha256(body).hexdigest()
    claimed = request.header("x-amz-content-sha256")
    if claimed is None or "x-amz-content-sha256" not in signature.headers:
        return computed
    if DIGEST.fullmatch(claimed) and claimed != computed:
        raise Refused("the body is not the one that was signed")
    # `claimed` is the hash of the body, or a constant of S3 for a body that is unsigned or signed
    # in chunks. The signature covers `claimed`, so only the signer can have chosen the constant.
    return claimed


async def read_body(receive):
    """Reads the body. Returns the body, and a function that delivers it to the emulator."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused("the client has gone")
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"".join(parts)
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def deliver():
        return pending.pop() if pending else await receive()

    return body, deliver


class Fence:
    """The emulator's ASGI application, behind the checks of this module.

    `key` and `secret` are the administrator's access key.
    """

    def __init__(self, application, key, secret):
        self.application, self.key, self.secret = application, key, secret

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.application(scope, receive, send)
        try:
            scope, receive = await self.admit(scope, receive)
        except Refused as refused:
            return await refuse(scope, receive, send, str(refused))
        if scope["type"] == "http" and scope["path"] == SESSION:
            return await issue_session(receive, send)
        return await self.application(scope, receive, send)

    async def admit(self, scope, receive):
        """Checks a request. Returns the `scope` and the `receive` with which to call the emulator.

        Raises Refused if the request may not reach the emulator.
        """
        request = Request(scope)
        request.host()
        initiator = request.initiator()
        if request.claims_identity():
            deliver = receive
            body = b""
            if scope["type"] == "http":
                body, deliver = await read_body(receive)
            self.verify(request, body)
            if initiator is not None and not may_use_object(initiator, request):
                raise Refused(f"pages of {initiator} may not use the emulator")
            return scope, deliver
        if scope["type"] == "http":
            if request.path == HEALTH and request.method in ("GET", "HEAD") and initiator is None:
                return scope, receive
            api = deployed_api(request)
            if api is not None:
                if initiator is not None and not may_read(initiator, allowed_origins(api)):
                    raise Refused(f"pages of {initiator} may not use the API")
                return to_api(scope, request, api), receive
        raise Refused("the request is not signed: `cargo local env` prints the key to sign it with")

    def verify(self, request, body):
        signature = Signature(request)
        signature.check_time(time.time())
        secret = self.secret_of(signature)
        method = request.method
        if method == "OPTIONS" and request.is_presigned():
            # A preflight request has no signature of its own. Its query contains the signature of
            # the request that the browser wants to send.
            method = request.header("access-control-request-method") or method
        expected = expected_signature(request, signature, secret, body, method)
        if not hmac.compare_digest(expected.encode(), signature.value.encode()):
            raise Refused("the signature is wrong: another secret or another request was signed")
        control = request.path.startswith(("/_ministack/", "/_pixgauge/"))
        if control and signature.key != self.key:
            raise Refused("only the administrator may control the emulator")

    def secret_of(self, signature):
        """Returns the secret of the signature's key: the administrator's or a session's."""
        from ministack.services import sts

        if hmac.compare_digest(signature.key.encode(), self.key.encode()) and not signature.token:
            return self.secret
        session = sts._sessions.get(signature.key) or {}
        token = session.get("SessionToken") or ""
        if token and hmac.compare_digest(token.encode(), (signature.token or "").encode()):
            if time.time() <= session.get("Expiration", float("inf")):
                return session["SecretAccessKey"]
        raise Refused("the access key is not this emulator's: `cargo local env` prints it")


def may_use_object(origin, request):
    """True if the request is for a presigned URL of S3, and pages of `origin` may use some API."""
    is_presigned_object = request.is_presigned() and Signature(request).service == "s3"
    return is_presigned_object and may_read(origin, named_origins())


def deployed_api(request):
    """Returns the id of the deployed API that the request is for, or None."""
    from ministack import app

    address = app._parse_execute_api_url(request.host(), request.path)
    if address is None or not is_deployed(address[0]) or address[2].startswith("/@connections"):
        return None
    return address[0] if not request.path.startswith("/restapis/") else None


def is_deployed(api):
    return any(key[-1] == api for key, _ in apis())


def apis():
    from ministack.services import apigateway

    return apigateway._apis.all_items()


def allowed_origins(api):
    for key, configuration in apis():
        if key[-1] == api:
            return (configuration.get("corsConfiguration") or {}).get("allowOrigins") or []
    return []


def named_origins():
    return [origin for key, _ in apis() for origin in allowed_origins(key[-1])]


def to_api(scope, request, api):
    """Changes the request so that it names the API in its path, not in its host.

    The emulator handles paths such as `/_ministack/reset` before it looks at the host. So a request
    to the API's host could reset the emulator.
    """
    host = f"127.0.0.1:{scope['server'][1]}".encode()
    headers = [(b"host", host)] + [it for it in scope["headers"] if it[0].lower() != b"host"]
    if request.host().split(".")[0] == api:
        prefix = f"{API}{api}"
        path, raw_path = prefix + scope["path"], prefix.encode() + scope["raw_path"]
        return {**scope, "headers": headers, "path": path, "raw_path": raw_path}
    return {**scope, "headers": headers}


async def issue_session(receive, send):
    """Answers with a new session of the role that the administrator asks for."""
    body, _ = await read_body(receive)
    asked = json.loads(body)
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", *map(secrets.token_hex, (20, 32))
    until = time.time() + SESSION_VALIDITY
    register_session(asked["function"], asked["role"], (key, secret, token), Expiration=until)
    session = {"AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": token}
    encoded = json.dumps(session).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": encoded})


def register_session(function, role, credentials, **further):
    """Registers a session of a function's role with the emulator."""
    from ministack.services import sts

    (key, secret, token), role_name = credentials, role.rpartition("/")[2]
    name = function.rpartition(":")[2][:64]
    session = {
        "Arn": f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role_name}/{name}",
        "UserId": f"{role_name}:{name}",
        "SecretAccessKey": secret,
        "SessionToken": token,
        **further,
    }
    sts.register_session(key, session)


async def refuse(scope, receive, send, reason):
    """Answers with 403, in the format that the client of the service expects."""
    if scope["type"] == "websocket":
        await receive()
        return await send({"type": "websocket.close", "code": 1008, "reason": reason})
    names = {name.lower(): value for name, value in scope["headers"]}
    if b"x-amz-target" in names or b"json" in names.get(b"content-type", b""):
        kind = "application/x-amz-json-1.0"
        body = json.dumps({"__type": "AccessDeniedException", "message": reason})
    else:
        kind, escaped = "application/xml", html.escape(reason, quote=False)
        body = f"<Error><Code>AccessDenied</Code><Message>{escaped}</Message></Error>"
    encoded = body.encode()
    headers = {
        "content-type": kind,
        "content-length": str(len(encoded)),
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": encoded})


def put_up_fence(key, secret, fenced):
    """Puts the fence in front of the emulator. Must run before the emulator starts.

    `key` and `secret` are the administrator's. `fenced` is false only in tests that show that an
    attack succeeds without the fence.
    """
    from ministack import app

    recognize_administrator(key, secret)
    if fenced:
        app.app = Fence(app.app, key, secret)
        randomize_sessions()
        fence_runtime_api()


def recognize_administrator(key, secret):
    """Makes the emulator treat the holder of this key as its administrator."""
    from ministack.core import iam_evaluator

    is_root, resolve = iam_evaluator.is_root_access_key, iam_evaluator.resolve_credential

    def is_root_or_administrator(access_key):
        return access_key == key or is_root(access_key)

    def resolve_with_secret(access_key, *arguments, **options):
        credential = resolve(access_key, *arguments, **options)
        if access_key == key and isinstance(credential, iam_evaluator.ResolvedCredential):
            # The emulator expects the secret in an environment variable, but functions inherit the
            # environment and would learn the secret.
            return dataclasses.replace(credential, secret_access_key=secret)
        return credential

    replace_everywhere(is_root, is_root_or_administrator)
    replace_everywhere(resolve, resolve_with_secret)


def replace_everywhere(function, replacement):
    """Replaces a function in each module of the emulator that has imported it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack.") and getattr(module, function.__name__, None) is function:
            setattr(module, function.__name__, replacement)


def randomize_sessions():
    """Gives functions credentials that nobody can guess.

    The emulator's own credentials can be guessed: it derives them from the ARNs of the function and
    the function's role.
    """
    from ministack.core import lambda_runtime

    issued, issuing = {}, threading.Lock()

    def credentials_of(config):
        role, function = config.get("Role", ""), config.get("FunctionArn", "")
        with issuing:
            if (function, role) not in issued:
                key = f"ASIA{secrets.token_hex(8).upper()}"
                issued[function, role] = key, secrets.token_hex(20), secrets.token_hex(32)
            key, secret, token = issued[function, role]
        register_session(config.get("FunctionName", "function"), role, (key, secret, token))
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        }

    replace_everywhere(lambda_runtime.execution_credentials, credentials_of)


def fence_runtime_api():
    """Reserves each Runtime API for its function.

    Each process of a Lambda function gets the address of its own Runtime API. A secret token is
    added to the address: `http://127.0.0.1:<port>/<token>`. On AWS, the address is a host and port,
    but Rust's Runtime API client also accepts a URL.
    """
    from http.server import BaseHTTPRequestHandler

    from ministack.services import lambda_svc

    tokens = {}
    environment, parse = lambda_svc._provided_worker_env, BaseHTTPRequestHandler.parse_request

    def environment_with_token(config, directory, port):
        tokens[port] = secrets.token_urlsafe(32)
        variables = environment(config, directory, port)
        variables["AWS_LAMBDA_RUNTIME_API"] = f"http://127.0.0.1:{port}/{tokens[port]}"
        return variables

    def parse_with_token(self):
        if not parse(self):
            return False
        _, token, path = (self.path.split("/", 2) + ["", ""])[:3]
        expected = tokens.get(self.server.server_address[1], "")
        if expected and hmac.compare_digest(token.encode(), expected.encode()):
            self.path = f"/{path}"
            return True
        self.close_connection = True
        self.send_error(403)
        return False

    lambda_svc._provided_worker_env = environment_with_token
    BaseHTTPRequestHandler.parse_request = parse_with_token
