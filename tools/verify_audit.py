#!/usr/bin/env python3
"""A second, independent verifier of bundles of the audit log, written from docs/audit-format.md and nothing else.

    python3 tools/verify_audit.py bundle.tar --vkey <vkey> [--vkey …] [--witness-vkey …] [--quorum n] [--checkpoint file …] [--whole]

Prints a JSON report; ends with 0 (verified), 1 (failed) or 2 (unchecked). Needs only the standard library; Ed25519 and AES are here,
slowly, and taken from the package `cryptography` where that is installed.
"""
import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys

try:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    Ed25519PublicKey = None

MAX_INT = 2**53 - 1
# failures that say between which entries to look, not at which
VAGUE = ("root", "truncated", "checkpoint-signature", "certificate")


class Damaged(Exception):
    """The file cannot be read to its end."""


class Stop(Exception):
    """Nothing after this can be checked."""


# ---------------------------------------------------------------- hashes, base64, canonical text

def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf(ikm, salt, info):
    return mac(mac(salt, ikm), info + b"\x01")


def unbase64(text, length=None):
    if not isinstance(text, str):
        raise ValueError("not text")
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        raise ValueError("not the base64 that was expected")
    return data


def is_hash(value):
    try:
        return bool(unbase64(value, 32))
    except ValueError:
        return False


def quote(text):
    escapes = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    return '"' + "".join(escapes.get(c) or ("\\u%04x" % ord(c) if ord(c) < 0x20 else c) for c in text) + '"'


def by_units(name):
    return name.encode("utf-16-be", "surrogatepass")


def canonical(value, depth=32):
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int) and 0 <= value <= MAX_INT:
        return str(value)
    if isinstance(value, str):
        value.encode("utf-8")  # half a surrogate pair raises a ValueError
        return quote(value)
    if isinstance(value, (list, dict)):
        if depth == 0:
            raise ValueError("too deep")
        if isinstance(value, list):
            return "[" + ",".join(canonical(item, depth - 1) for item in value) + "]"
        names = sorted(value, key=by_units)
        return "{" + ",".join(canonical(n) + ":" + canonical(value[n], depth - 1) for n in names) + "}"
    raise ValueError("not allowed in canonical text")


def parse_canonical(text):
    try:
        value = json.loads(text)
        if canonical(value) != text:
            raise ValueError("not canonical")
    except RecursionError:
        raise ValueError("too deep")
    return value


def ecma_number(value):
    """Number.prototype.toString of ECMAScript."""
    if isinstance(value, int) and abs(value) < 10**21:
        value = float(value)
    number = float(value)
    if number == 0:
        return "0"
    sign, number = ("-", -number) if number < 0 else ("", number)
    mantissa, _, exponent = ("%r" % number).lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + ("" if fraction == "0" else fraction)).lstrip("0")
    point = len(whole) + int(exponent or 0)
    if whole == "0":
        point -= len(fraction) - len(fraction.lstrip("0")) + 1
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= point <= 21:
        return sign + digits + "0" * (point - k)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    tail = ("." + digits[1:]) if k > 1 else ""
    return "%s%s%se%s%d" % (sign, digits[0], tail, "+" if power > 0 else "-", abs(power))


def loose(value):
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return ecma_number(value)
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", lambda found: "\\u%04x" % ord(found.group()), quote(value))
    if isinstance(value, list):
        return "[" + ",".join(map(loose, value)) + "]"
    return "{" + ",".join(loose(n) + ":" + loose(value[n]) for n in sorted(value, key=by_units)) + "}"


# ---------------------------------------------------------------- Ed25519 and AES-256-GCM, where nobody else has them

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(scalar, p):
    q = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            q = point_add(q, p)
        p = point_add(p, p)
        scalar >>= 1
    return q


def point_decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_decode(bytes([0x58]) + bytes([0x66]) * 31)


def ed25519_slowly(key, message, signature):
    a, r = point_decode(key), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = point_multiply(s, BASE), point_add(r, point_multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def ed25519(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    if Ed25519PublicKey is None:
        return ed25519_slowly(key, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def xtime(a):
    return (a << 1) ^ 0x11B if a & 0x80 else a << 1


def field_multiply(a, b):
    result = 0
    while b:
        if b & 1:
            result ^= a
        a, b = xtime(a), b >> 1
    return result


def make_sbox():
    box = []
    for value in range(256):
        inverse = value
        for _ in range(253):
            inverse = field_multiply(inverse, value)
        box.append(0x63 ^ inverse ^ (sum(((inverse << i | inverse >> (8 - i)) & 0xFF) << 8 * i for i in range(1, 5)) and
                                     (((inverse << 1 | inverse >> 7) ^ (inverse << 2 | inverse >> 6) ^
                                       (inverse << 3 | inverse >> 5) ^ (inverse << 4 | inverse >> 4)) & 0xFF)))
    return box


class Aes256:
    sbox = None

    def __init__(self, key):
        Aes256.sbox = Aes256.sbox or make_sbox()
        words, power = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
        for i in range(8, 60):
            word = list(words[-1])
            if i % 8 == 0:
                word = [self.sbox[b] for b in word[1:] + word[:1]]
                word[0] ^= power
                power = xtime(power)
            elif i % 8 == 4:
                word = [self.sbox[b] for b in word]
            words.append([a ^ b for a, b in zip(words[i - 8], word)])
        self.keys = [sum(words[i:i + 4], []) for i in range(0, 60, 4)]

    def block(self, data):
        state = [a ^ b for a, b in zip(data, self.keys[0])]
        for number, key in enumerate(self.keys[1:], 1):
            state = [self.sbox[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if number < 14:
                mixed = []
                for c in range(0, 16, 4):
                    column = state[c:c + 4]
                    for i in range(4):
                        a, b, *rest = column[i:] + column[:i]
                        mixed.append(xtime(a) ^ xtime(b) ^ b ^ rest[0] ^ rest[1])
                state = mixed
            state = [a ^ b for a, b in zip(state, key)]
        return bytes(state)


def gcm_open_slowly(key, nonce, data, additional):
    aes, body, tag = Aes256(key), data[:-16], data[-16:]
    h = int.from_bytes(aes.block(bytes(16)), "big")

    def ghash(blocks):
        y = 0
        for i in range(0, len(blocks), 16):
            x, v, z = y ^ int.from_bytes(blocks[i:i + 16].ljust(16, b"\0"), "big"), h, 0
            for bit in range(127, -1, -1):
                if x >> bit & 1:
                    z ^= v
                v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
            y = z
        return y.to_bytes(16, "big")

    def padded(part):
        return part + bytes(-len(part) % 16)

    lengths = struct.pack(">QQ", 8 * len(additional), 8 * len(body))
    sealed = ghash(padded(additional) + padded(body) + lengths)
    mask = aes.block(nonce + b"\0\0\0\1")
    if not hmac.compare_digest(bytes(a ^ b for a, b in zip(sealed, mask)), tag):
        raise ValueError("the tag is wrong")
    stream = b"".join(aes.block(nonce + struct.pack(">I", 2 + i)) for i in range((len(body) + 15) // 16))
    return bytes(a ^ b for a, b in zip(body, stream))


def gcm_open(key, nonce, data, additional):
    if len(data) < 16:
        raise ValueError("too short")
    if Ed25519PublicKey is None:
        return gcm_open_slowly(key, nonce, data, additional)
    try:
        return AESGCM(key).decrypt(nonce, data, additional)
    except InvalidTag:
        raise ValueError("the tag is wrong")


# ---------------------------------------------------------------- tree, keys, notes

def node(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    def __init__(self):
        self.stack, self.size = [], 0

    def append(self, root, level=0):
        if self.size % 2**level:
            raise ValueError("a subtree begins where none can")
        self.size += 2**level
        while self.stack and self.stack[-1][0] == level:
            root, level = node(self.stack.pop()[1], root), level + 1
        self.stack.append((level, root))

    def root(self):
        if not self.stack:
            return sha256(b"")
        result = self.stack[-1][1]
        for _, below in reversed(self.stack[:-1]):
            result = node(below, result)
        return result


def verify_inclusion(i, n, leaf, hashes, root):
    if i >= n:
        return False
    f, s, h = i, n - 1, leaf
    for p in hashes:
        if s == 0:
            return False
        if f % 2 or f == s:
            h = node(p, h)
            while f % 2 == 0 and f:
                f, s = f // 2, s // 2
        else:
            h = node(h, p)
        f, s = f // 2, s // 2
    return s == 0 and h == root


class Key:
    def __init__(self, name, kind, raw):
        self.name, self.kind, self.raw = name, kind, raw
        self.id = sha256(name.encode() + b"\n" + bytes([kind]) + raw)[:4]


def parse_vkey(text):
    name, identity, encoded = text.split("+", 2)
    data = unbase64(encoded, 33)
    key = Key(name, data[0], data[1:])
    if key.id.hex() != identity or data[0] not in (1, 4) or not name or re.search(r"\s", name):
        raise ValueError("not a verifier key")
    return key


def parse_note(note):
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not note.endswith("\n") or re.search("[\0-\x09\x0b-\x1f]", note):
        raise ValueError("not a note")
    found = []
    for line in signatures[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        data = unbase64(encoded)
        if dash != "\u2014" or not name or "+" in name or len(data) < 5:
            raise ValueError("not a signature")
        found.append((name, data[:4], data[4:]))
    return text + "\n", found


def verify_note(note, keys):
    """Names of the keys that signed."""
    text, signatures = parse_note(note)
    signed = set()
    for name, identity, signature in signatures:
        for key in keys:
            if key.name != name or key.id != identity:
                continue
            message = text.encode()
            if key.kind == 4:
                if len(signature) < 8:
                    raise ValueError("a cosignature is too short")
                time = int.from_bytes(signature[:8], "big")
                message, signature = b"cosignature/v1\ntime %d\n" % time + message, signature[8:]
            if not ed25519(key.raw, message, signature):
                raise ValueError("the signature of %s is not valid" % name)
            signed.add((name, identity))
    if not signed:
        raise ValueError("not signed by a known key")
    return signed


def parse_number(text):
    if not re.fullmatch("0|[1-9][0-9]{0,15}", text) or int(text) > MAX_INT:
        raise ValueError("not a number")
    return int(text)


def parse_checkpoint(note):
    lines = parse_note(note)[0].split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise ValueError("not a checkpoint")
    return lines[0], parse_number(lines[1]), unbase64(lines[2], 32)


def name_and_epoch(origin):
    found = re.fullmatch("(.+)#([2-9]|[1-9][0-9]{1,8})", origin)
    return (found.group(1), int(found.group(2))) if found else (origin, 1)


class LogKeys:
    def __init__(self, keys):
        self.brought, self.rotations = [key for key in keys if key.kind == 1], []

    def held(self, origin):
        """(raw key, index of the entry that brought it, of the one that replaced it)"""
        name = name_and_epoch(origin)[0]
        raws = [key.raw for key in self.brought if name_and_epoch(key.name)[0] == name]
        grown = True
        while grown:
            grown = False
            for _, old, new in self.rotations:
                if (old in raws) != (new in raws):
                    raws.append(new if old in raws else old)
                    grown = True
        first = lambda found, otherwise: next(iter(found), otherwise)
        return [(raw, first((i for i, _, new in self.rotations if new == raw), -1),
                 first((i for i, old, _ in self.rotations if old == raw), MAX_INT)) for raw in raws]

    def for_size(self, origin, size):
        return [Key(origin, 1, raw) for raw, brought, replaced in self.held(origin) if brought < size <= replaced]

    def for_entry(self, origin, index):
        return [Key(origin, 1, raw) for raw, _, replaced in self.held(origin) if index < replaced]

    def any(self, origin):
        return [Key(origin, 1, raw) for raw, _, _ in self.held(origin)]


# ---------------------------------------------------------------- the file

def tar_header(name, size):
    block = bytearray(512)

    def put(offset, data):
        block[offset:offset + len(data)] = data

    put(0, name)
    put(100, b"0000644\0" b"0000000\0" b"0000000\0")
    put(124, b"%011o\0" % size + b"00000000000\0" + b" " * 8 + b"0")
    put(257, b"ustar\x0000")
    put(329, b"0000000\0" b"0000000\0")
    put(148, b"%06o\0 " % sum(block))
    return bytes(block)


def read_tar(file):
    def take(count):
        data = file.read(count)
        if len(data) != count:
            raise Damaged("the file ends too early")
        return data

    while True:
        block = take(512)
        if block == bytes(512):
            break
        name = block[:100].split(b"\0")[0]
        if not re.fullmatch(rb"[A-Za-z0-9_./-]{1,100}", name) or not re.fullmatch(rb"[0-7]{11}", block[124:135]):
            raise Damaged("a member is damaged")
        size = int(block[124:135], 8)
        if size > 134217728 or tar_header(name, size) != block:
            raise Damaged("a member is damaged")
        content = take(size)
        if any(take(-size % 512)):
            raise Damaged("the padding is not empty")
        yield name.decode(), content
    if any(take(512)) or file.read(1):
        raise Damaged("the end is damaged")


class Writer:
    def __init__(self, key):
        self.key, self.lane, self.statement = key, 0, None


class Verifier:
    def __init__(self, options):
        self.failures, self.options = [], options
        self.keys, self.tree = LogKeys([parse_vkey(text) for text in options.vkey]), Tree()
        self.heads, self.roots, self.lost = [], {}, []
        self.writers, self.admitted, self.certificates = {}, {}, []
        self.ids, self.hidden, self.drops, self.receipts = set(), [], [], []
        self.origin, self.end, self.skips = None, 0, 0
        self.counts = {"shown": 0, "pruned": 0, "withheld": 0}
        self.content = {"intact": 0, "absent": 0, "opened": 0, "erased": 0}
        self.closed, self.erased, self.used, self.batches = [], set(), set(), 0
        self.about, self.members, self.disclosed = {}, [], {}

    def fail(self, code, message, index=None):
        self.failures.append({"code": code, "message": message, "index": index})

    def stop(self, code, message, index=None):
        self.fail(code, message, index)
        raise Stop()

    # ---- members, in their order

    def run(self, file):
        for name in self.options.checkpoint:
            with open(name, encoding="utf-8", newline="") as kept:
                self.outside(kept.read())
        self.source = read_tar(file)
        self.advance()
        self.text("README.txt")
        self.about = self.parsed("bundle.json", self.text("bundle.json"))
        forms = {"format": "gatehouse-audit-bundle/v1", "log": str, "size": int, "entries": ("all", "some"),
                 "payloads": ("all", "some", "none"), "made_at": str}
        of_form = lambda value, form: type(value) is form if isinstance(form, type) else \
            isinstance(value, str) and (value == form if isinstance(form, str) else value in form)
        if set(self.about) - {"about"} != set(forms) or not isinstance(self.about.get("about", {}), dict) \
                or not all(of_form(self.about[name], form) for name, form in forms.items()):
            self.stop("bundle", "bundle.json is not of this format")
        self.log = self.about["log"]
        if not self.keys.held(self.log):
            self.fail("log", "the keys are of another log")
        for line in self.lines("checkpoints.ndjson"):
            self.head(self.member(self.parsed("checkpoints", line, {"note"}), "note", str), False)
        if self.current[0] == "writers.ndjson":
            for line in self.lines("writers.ndjson"):
                self.admit(self.parsed("writers", line, {"certificate", "origin", "writer", "writer_key"}))
        if self.current[0] == "keys.json":
            for entry, key in self.parsed("keys.json", self.text("keys.json")).items():
                try:
                    self.disclosed[entry] = unbase64(key, 32)
                except ValueError:
                    self.stop("bundle", "a disclosed key is none")
        self.note_size()
        number = 0
        while self.current[0] == "log/%06d/runs.ndjson" % number:
            self.chunk("log/%06d/" % number)
            number += 1
        listed = list(self.members)
        manifest = self.text("manifest.json")
        note = self.text("manifest.note")
        if self.current[0] is not None:
            self.stop("bundle", "there are more members")
        self.manifest(listed, manifest, note)
        self.finish()

    def advance(self):
        self.current = next(self.source, (None, None))

    def take(self, name):
        found, content = self.current
        if found != name:
            self.stop("bundle", "%s is missing" % name)
        self.members.append({"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        self.advance()
        return content

    def text(self, name):
        try:
            return self.take(name).decode("utf-8")
        except UnicodeDecodeError:
            self.stop("bundle", "%s is not UTF-8" % name)

    def lines(self, name):
        text = self.text(name)
        if text and not text.endswith("\n"):
            self.stop("bundle", "%s is cut off" % name)
        return text[:-1].split("\n") if text else []

    def parsed(self, what, text, names=None, index=None):
        try:
            value = parse_canonical(text)
        except ValueError:
            self.stop("bundle", "%s is not canonical" % what, index)
        if not isinstance(value, dict) or (names is not None and set(value) != names):
            self.stop("bundle", "%s is not of its form" % what, index)
        return value

    def member(self, value, name, kind):
        if type(value.get(name)) is not kind:
            self.stop("bundle", "%s is missing" % name, self.tree.size)
        return value[name]

    def data(self, value, name, length):
        try:
            return unbase64(value.get(name), length)
        except ValueError:
            self.stop("bundle", "%s is not base64 of %d bytes" % (name, length), self.tree.size)

    # ---- what comes before the log

    def outside(self, text):
        if not text.startswith("c2sp.org/tlog-proof@v1\n"):
            return self.head(text, True)
        try:
            top, _, checkpoint = text.partition("\n\n")
            lines = top.split("\n")[1:]
            header = unbase64(lines.pop(0)[len("extra "):])
            index, hashes = parse_number(lines.pop(0)[len("index "):]), [unbase64(line, 32) for line in lines]
            leaf = sha256(b"\0gatehouse-audit-entry/v1\n" + header)
            _, size, root = parse_checkpoint(checkpoint)
            if not verify_inclusion(index, size, leaf, hashes, root):
                raise ValueError("the proof does not hold")
        except (ValueError, IndexError) as error:
            return self.fail("receipt", str(error))
        self.receipts.append((index, leaf))
        self.head(checkpoint, True)

    def head(self, note, outside):
        try:
            self.heads.append((*parse_checkpoint(note), note, outside))
        except ValueError as error:
            self.fail("checkpoint-format", str(error))

    def admit(self, line):
        key, certificate = self.data(line, "writer_key", 32), self.data(line, "certificate", 64)
        origin, writer = self.member(line, "origin", str), self.member(line, "writer", str)
        if writer_name(key) != writer:
            self.stop("bundle", "the key of %s is another" % writer)
        self.admitted[origin, writer] = (key, certificate)

    # ---- the log

    def note_size(self):
        if any(size == self.tree.size for _, size, *_ in self.heads):
            self.roots[self.tree.size] = self.tree.root()

    def append(self, root, level=0):
        try:
            self.tree.append(root, level)
        except ValueError as error:
            self.stop("order", str(error), self.tree.size)
        self.note_size()

    def chunk(self, path):
        runs = self.lines(path + "runs.ndjson")
        headers = self.lines(path + "headers.ndjson") if self.current[0] == path + "headers.ndjson" else []
        payloads = self.take(path + "payloads.bin") if self.current[0] == path + "payloads.bin" else b""
        contents, at = self.records(payloads), 0
        for line in runs:
            run = self.parsed("a run", line, None, self.tree.size)
            if set(run) == {"batch"} and isinstance(run["batch"], dict):
                batch = run["batch"]
                if set(batch) - {"previous"} != {"committed_at", "first", "lane", "n", "origin", "signature", "writer"}:
                    self.stop("bundle", "a batch is not of its form", self.tree.size)
                self.follows(batch)
                n = self.member(batch, "n", int)
                lines, at = headers[at:at + n], at + n
                if len(lines) != n or n < 1:
                    self.stop("order", "entries of a batch are missing", self.tree.size)
                self.batch(batch, lines, contents)
            elif set(run) == {"withheld"} and isinstance(run["withheld"], dict) and set(run["withheld"]) == {"first", "subtrees"}:
                self.withheld(run["withheld"])
            else:
                self.stop("bundle", "a run is not of its form", self.tree.size)
        if at != len(headers):
            self.stop("order", "there are entries of no batch", self.tree.size)
        for index in contents:
            self.fail("payload", "content of an entry that is not shown", index)

    def records(self, data):
        found, at = {}, 0
        while at < len(data):
            if at + 12 > len(data):
                self.stop("payload", "a record is cut off", self.tree.size)
            index, length = struct.unpack(">QI", data[at:at + 12])
            if at + 12 + length > len(data) or index in found:
                self.stop("payload", "a record is cut off, or there twice", self.tree.size)
            found[index] = data[at + 12:at + 12 + length]
            at += 12 + length
        return found

    def follows(self, run):
        if self.member(run, "first", int) != self.tree.size:
            self.stop("order", "the entry %d should follow" % self.tree.size, self.tree.size)

    def withheld(self, run):
        self.follows(run)
        first, subtrees = self.tree.size, self.member(run, "subtrees", list)
        for subtree in subtrees or [None]:
            try:
                level, encoded = subtree
                if type(level) is not int or level > 52:
                    raise ValueError("no level")
                root = unbase64(encoded, 32)
            except (TypeError, ValueError):
                self.stop("bundle", "not a subtree", self.tree.size)
            self.append(root, level)
        self.hidden.append((first, self.tree.size))
        self.skips += 1
        for writer in self.writers.values():
            writer.statement = None

    def batch(self, batch, lines, contents):
        first, n = batch["first"], batch["n"]
        origin, writer, lane = (self.member(batch, name, kind) for name, kind in (("origin", str), ("writer", str), ("lane", int)))
        signature = self.data(batch, "signature", 64)
        previous = self.data(batch, "previous", 32) if "previous" in batch else None
        if not is_time(self.member(batch, "committed_at", str)):
            self.fail("time", "the time of the batch is none", first)
        leaves, shown, own = [], [], Tree()
        for index, line in enumerate(lines, first):
            if line.startswith('"'):
                leaves.append(self.data({"leaf": line[1:-1]}, "leaf", 32))
                self.hidden.append((index, index + 1))
            else:
                leaves.append(sha256(b"\0gatehouse-audit-entry/v1\n" + line.encode()))
                self.counts["shown"] += 1
                shown += self.entry(index, line, origin, writer)
            own.append(leaves[-1])
        self.epoch(batch, shown)
        self.writer(first, n, origin, writer, lane, previous, signature, own.root(), shown)
        self.batches += 1
        for index, leaf in enumerate(leaves, first):
            if any(at == index and kept != leaf for at, kept in self.receipts):
                self.fail("receipt", "is not the entry that was proven to be here", index)
            self.append(leaf)
        for index, header, line in shown:
            self.payload(index, header, line, contents.pop(index, None))
            self.remember(index, header)

    def entry(self, index, line, origin, writer):
        try:
            header = parse_canonical(line)
            if not isinstance(header, dict):
                raise ValueError("not an object")
        except ValueError as error:
            self.fail("entry-canonical", str(error), index)
            return []
        is_text = lambda name, form: isinstance(header.get(name), str) and re.fullmatch(form, header[name])
        has = lambda name: name in header
        well = (is_text("entry_id", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") and is_time(header.get("ts"))
                and is_text("event", "(?s).*") and is_text("log", "(?s).*") and is_text("writer", "(?s).*")
                and has("key_id") == has("key_commit") and (not has("key_id") or is_text("key_id", "(?s).*"))
                and (not has("key_commit") or is_text("key_commit", "[0-9a-f]{64}"))
                and has("ct_hash") == has("ct_len") and (not has("ct_hash") or has("key_id"))
                and (not has("ct_hash") or is_text("ct_hash", "sha256:[0-9a-f]{64}"))
                and (not has("ct_len") or type(header["ct_len"]) is int)
                and isinstance(header.get("metadata", {}), dict))
        if not well or header.get("v") is True or header.get("v") != 1:
            self.fail("entry", "a member is missing or not of its form", index)
            return []
        if header["log"] != origin or header["writer"] != writer:
            self.fail("entry", "is of another log or writer than its batch", index)
        elif header["entry_id"] in self.ids:
            self.fail("entry-twice", "is there twice", index)
        self.ids.add(header["entry_id"])
        return [(index, header, line)]

    def epoch(self, batch, shown):
        before, first, n, origin = self.origin, batch["first"], batch["n"], batch["origin"]
        adjacent = self.end == first
        beginning = [(index, header) for index, header, _ in shown if index < first + 2]
        self.origin, self.end = origin, first + n
        if before == origin or (before is None and name_and_epoch(origin)[1] == 1):
            return
        if before is not None:
            (old, number), (name, new) = name_and_epoch(before), name_and_epoch(origin)
            if old != name or new <= number:
                return self.fail("epoch", "%s follows %s" % (origin, before), first)
        told = [(i, h.get("metadata", {})) for i, h in beginning if h["event"] == "log.discontinuity"]
        if not told:
            if adjacent and len(beginning) == min(n, 2):
                self.fail("epoch", "the epoch does not say why it begins", first)
            return
        index, said = told[0]
        old, (name, new) = said.get("old_origin"), name_and_epoch(origin)
        since = 0 if before is None else name_and_epoch(before)[1]
        if not isinstance(old, str) or (before is not None and adjacent and old != before) \
                or name_and_epoch(old)[0] != name or not since <= name_and_epoch(old)[1] < new \
                or type(said.get("old_size")) is not int or not is_hash(said.get("old_root")) \
                or said.get("found_size") != first or said.get("found_root") != base64.b64encode(self.tree.root()).decode():
            return self.fail("epoch", "does not name the heads", index)
        self.lost.append((old, said["old_size"], said["old_root"], first))

    def loss_of(self, origin, covers):
        return next((one for one in self.lost if one[0] == origin and covers > one[3]), None)

    def covering(self):
        """The head of the bundle that covers everything: the largest that is not of entries that were lost."""
        own = [head for head in self.heads if not head[4] and not self.loss_of(head[0], head[1])]
        return max(own, key=lambda head: head[1], default=None)

    def writer(self, first, n, origin, name, lane, previous, signature, root, shown):
        if lane < 1:
            self.stop("bundle", "there is no lane 0", first)
        known = self.writers.get((origin, name))
        state = known or self.introduce(first, origin, name, lane, shown)
        if state is None:
            return self.fail("writer", "%s never introduced itself" % name, first)
        before = base64.b64encode(previous).decode() if previous else ""
        statement = "gatehouse-audit-batch/v1\n%s\n%s\n%d\n%s\n%d\n%s\n" % (
            origin, name, lane, before, n, base64.b64encode(root).decode())
        if not ed25519(state.key, statement.encode(), signature):
            self.fail("batch-signature", "the batch is not what its writer signed", first)
        if known is None:
            if (lane != 1 and not self.skips) or (lane == 1 and previous):
                self.fail("lane", "the lane does not begin with 1", first)
        elif (lane <= state.lane) if state.statement is None else (lane != state.lane + 1 or previous != state.statement):
            self.fail("lane", "does not follow what the writer signed before", first)
        state.lane, state.statement = lane, sha256(statement.encode())
        self.writers[origin, name] = state
        for index, header, _ in shown:
            if header["event"] == "writer.close" and header.get("metadata", {}).get("last_lane") != lane:
                self.fail("writer-close", "names another last batch", index)

    def introduce(self, first, origin, name, lane, shown):
        for index, header, _ in shown:
            if lane == 1 and index < first + 2 and header["event"] == "writer.open":
                said = header.get("metadata", {})
                try:
                    key, certificate = unbase64(said.get("writer_key"), 32), unbase64(said.get("certificate"))
                except ValueError:
                    return None
                break
        else:
            if (origin, name) not in self.admitted:
                return None
            (key, certificate), index = self.admitted[origin, name], -1
        if writer_name(key) != name:
            return None
        self.certificates.append((origin, name, key, certificate, index))
        return Writer(key)

    # ---- content

    def payload(self, index, header, line, ciphertext):
        key = self.disclosed.get(header["entry_id"])
        if key is not None:
            self.used.add(header["entry_id"])
            self.open(index, header, key, ciphertext)
        if "ct_len" not in header:
            if ciphertext is not None:
                self.fail("payload", "has content that its header does not know", index)
        elif ciphertext is None:
            self.content["absent"] += 1
            if self.about.get("payloads") == "all":
                self.fail("payload", "its content is missing", index)
        elif len(ciphertext) != header["ct_len"] or "sha256:" + hashlib.sha256(ciphertext).hexdigest() != header["ct_hash"]:
            self.fail("payload", "its content is not what was recorded", index)
        else:
            self.content["intact"] += 1
            if key is None:
                self.closed.append((header["key_id"], header.get("tenant"), header["ts"][:7]))

    def open(self, index, header, key, ciphertext):
        if mac(key, b"gatehouse/keycommit/v1").hex() != header.get("key_commit"):
            return self.fail("key", "the disclosed key is another", index)
        if ciphertext is None:
            return
        committed = {name: value for name, value in header.items() if name not in ("ct_hash", "ct_len")}
        additional = b"gatehouse-payload/v1\n" + canonical(committed).encode()
        try:
            if ciphertext[:1] != b"\x01" or "sha256:" + hashlib.sha256(ciphertext).hexdigest() != header.get("ct_hash"):
                raise ValueError("not the ciphertext of this entry")
            text = gcm_open(mac(key, b"gatehouse/enc/v1"), ciphertext[1:13], ciphertext[13:], additional).decode()
            content = json.loads(text)
            if not isinstance(content, dict) or loose(content) != text:
                raise ValueError("not an object in canonical form")
        except ValueError as error:
            return self.fail("content", str(error), index)
        self.content["opened"] += 1
        secret = mac(key, b"gatehouse/commit/v1")

        def is_committed(kind, value):
            found = mac(secret, kind.encode() + b"\0" + loose(value).encode())
            return header[kind + "_hash"] == "hmac-sha256:" + found.hex()

        request, response = content.get("request"), content.get("response")
        body = request.get("body") if isinstance(request, dict) else None
        if "prompt_hash" in header and isinstance(body, dict) and request.get("original") is not True:
            prompt = {name: body[name] for name in ("messages", "input", "system", "instructions", "tools") if name in body}
            if not is_committed("prompt", prompt):
                self.fail("prompt", "its prompt is not the one it committed to", index)
        if "response_hash" in header and response and not is_committed("response", response.get("choices")):
            self.fail("response", "its response is not the one it committed to", index)

    def remember(self, index, header):
        said, event = header.get("metadata", {}), header["event"]
        if event == "key.shred":
            self.erased.update(key for key in said.get("key_ids", []) if isinstance(key, str))
            if "tenant" in header and "user_id" not in header:
                self.erased.add((header["tenant"], said.get("month")))
        if event == "retention.drop":
            first, last = said.get("first"), said.get("last")
            if type(first) is int and type(last) is int and first <= last < index:
                self.drops.append((first, last + 1))
            else:
                self.fail("retention", "does not say which entries are dropped", index)
        if event == "key.rotate" and said.get("level") == "signing":
            try:
                old, new = parse_vkey(said["old_vkey"]), parse_vkey(said["new_vkey"])
                text = "gatehouse-audit-rotation/v1\n%s\n%s\n%s\n" % (header["log"], said["old_vkey"], said["new_vkey"])
                for key, name in ((old, "signature_old"), (new, "signature_new")):
                    if not ed25519(key.raw, text.encode(), unbase64(said[name])):
                        raise ValueError("a signature is not valid")
                if any((o == old.raw) != (n == new.raw) for _, o, n in self.keys.rotations):
                    return self.fail("rotation", "a key is replaced by, or comes for, more than one", index)
                self.keys.rotations.append((index, old.raw, new.raw))
            except (KeyError, ValueError, AttributeError, TypeError):
                self.fail("rotation", "the new key is not signed by both keys", index)

    # ---- in the end

    def finish(self):
        size = self.tree.size
        if self.about["size"] != size:
            self.fail("order", "the bundle has %d entries" % size, min(size, self.about["size"]))
        last = self.covering()
        if last is None or last[1] < size:
            self.fail("checkpoint", "no checkpoint covers all entries", last[1] if last else 0)
        for origin, name, key, certificate, index in self.certificates:
            text = "gatehouse-audit-writer/v1\n%s\n%s\n%s\n" % (origin, name, base64.b64encode(key).decode())
            if not any(ed25519(log.raw, text.encode(), certificate) for log in self.keys.for_entry(origin, index)):
                self.fail("certificate", "%s was not admitted" % name, max(index, 0))
        self.check_heads(size)
        self.check_witnesses()
        for entry in self.disclosed:
            if entry not in self.used:
                self.fail("key", "the entry of a disclosed key is not shown")
        self.content["erased"] = sum(key in self.erased or (tenant, None) in self.erased or (tenant, month) in self.erased
                                     for key, tenant, month in self.closed)
        self.cover()

    def check_heads(self, size):
        good = 0
        for origin, covers, root, note, _ in sorted(self.heads, key=lambda head: head[1]):
            if name_and_epoch(origin)[0] != name_and_epoch(self.log)[0]:
                self.fail("checkpoint-origin", "a checkpoint is of another log")
                continue
            try:
                verify_note(note, self.keys.for_size(origin, covers))
            except ValueError as error:
                self.fail("checkpoint-signature", str(error))
            lost = self.loss_of(origin, covers)
            if lost:
                if covers > lost[1] or (covers == lost[1] and base64.b64encode(root).decode() != lost[2]):
                    self.fail("lost", "more was lost than was admitted", lost[3])
            elif covers > size:
                self.fail("truncated", "a checkpoint is of %d entries" % covers, size)
            elif covers in self.roots and self.roots[covers] != root:
                self.fail("root", "the entries before %d are not those that were signed" % covers, good)
            elif covers in self.roots:
                good = covers

    def check_witnesses(self):
        witnesses = [parse_vkey(text) for text in self.options.witness_vkey]
        quorum = self.options.quorum if self.options.quorum is not None else len(witnesses)
        last, signed = self.covering(), set()
        if last and witnesses:
            note = last[3]
            known = {(key.name, key.id) for key in witnesses}
            if any((name, identity) in known for name, identity, _ in parse_note(note)[1]):
                try:
                    signed = verify_note(note, witnesses)
                except ValueError as error:
                    self.fail("witness", str(error))
        if len(signed) < quorum:
            self.fail("witness", "only %d witnesses signed" % len(signed))

    def cover(self):
        whole = self.options.whole or self.about.get("entries") == "all"
        for first, end in self.hidden:
            at = first
            for start, stop in sorted(self.drops) + [(end, end)]:
                start, stop = max(at, min(start, end)), min(end, stop)
                if start > at:
                    self.counts["withheld"] += start - at
                    if whole:
                        self.fail("withheld", "is not shown, and nothing says why", at)
                if stop > start:
                    self.counts["pruned"] += stop - start
                at = max(at, start, stop)

    def manifest(self, listed, manifest, note):
        said = self.parsed("manifest.json", manifest)
        if self.options.without_manifest:
            return
        if said.get("format") != "gatehouse-audit-manifest/v1" or said.get("members") != listed:
            self.fail("manifest", "the members are not those of the manifest")
        text = "gatehouse-audit-manifest/v1\n%s\n%s\n" % (self.log, hashlib.sha256(manifest.encode()).hexdigest())
        self.sealed = text, note

    def check_manifest(self):
        text, note = self.sealed
        try:
            if parse_note(note)[0] != text:
                raise ValueError("the note is not about this manifest")
            verify_note(note, self.keys.any(self.log))
        except ValueError as error:
            self.fail("manifest", str(error))


def writer_name(key):
    return "w_" + base64.urlsafe_b64encode(sha256(key)).decode()[:22]


def is_time(text):
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text):
        return False
    year, month, day, hour, minute, second = map(int, re.split("[-T:.]", text[:19]))
    return 1 <= month <= 12 and 1 <= day <= days_of(year, month) and hour < 24 and minute < 60 and second < 60


def days_of(year, month):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def verify(path, options):
    verifier, reason = Verifier(options), None
    try:
        with (sys.stdin.buffer if path == "-" else open(path, "rb")) as file:
            verifier.run(file)
        if not options.without_manifest:
            verifier.check_manifest()
    except Damaged as error:
        reason = str(error)
    except Stop:
        pass
    verdict = "failed" if verifier.failures else "unchecked" if reason else "verified"
    placed = [failure for failure in verifier.failures if failure["index"] is not None]
    placed = [failure for failure in placed if failure["code"] not in VAGUE] or placed
    return {
        "verdict": verdict,
        "reason": reason,
        "log": verifier.about.get("log"),
        "size": verifier.tree.size,
        "root": base64.b64encode(verifier.tree.root()).decode(),
        "entries": verifier.counts,
        "batches": verifier.batches,
        "writers": len(verifier.writers),
        "content": verifier.content,
        "first_bad_index": min((failure["index"] for failure in placed), default=None),
        "failures": verifier.failures[:50],
    }


def main():
    parser = argparse.ArgumentParser(description="Verifies bundles of the audit log.")
    parser.add_argument("bundle", nargs="+")
    parser.add_argument("--vkey", action="append", required=True)
    parser.add_argument("--witness-vkey", action="append", default=[])
    parser.add_argument("--quorum", type=int)
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--without-manifest", action="store_true", help="the log's own proofs must do")
    options = parser.parse_args()
    try:
        [parse_vkey(text) for text in options.vkey + options.witness_vkey]
        reports = [verify(path, options) for path in options.bundle]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    for report in reports:
        print(json.dumps(report, indent=None if len(reports) > 1 else 2))
    return max({"verified": 0, "failed": 1, "unchecked": 2}[report["verdict"]] for report in reports)


if __name__ == "__main__":
    sys.exit(main())
