#!/usr/bin/env python3
"""Checks an evidence bundle as its VERIFY.md says: standard library and the openssl command.

    verify_bundle.py FILE.zip [KEY.txt]      prints what it found; ends with 0 (intact) or 1 (not)
"""
import base64
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib


class Wrong(Exception):
    pass


def must(condition, message):
    if not condition:
        raise Wrong(message)


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    return base64.b64decode(text, validate=True)


def read_key(text):
    must(text.endswith("\n") and text.count("\n") == 1, "key.txt is not one line")
    name, key_id, encoded = text[:-1].split("+", 2)
    key = unbase64(encoded)
    must(key[:1] == b"\x02", "key.txt: not an ECDSA key")
    must(sha256(key[1:])[:4].hex() == key_id, "key.txt: the id is not that of the key")
    return name, key_id, key[1:]


def signed_text(note, key, folder):
    """The text of a signed note, once the key has verified it."""
    name, key_id, public = key
    split = note.rfind("\n\n")
    must(split >= 0, "a checkpoint has no signatures")
    text, signatures = note[: split + 1], note[split + 2 :]
    found = False
    for line in signatures.split("\n")[:-1]:
        dash, signer, encoded = line.split(" ")
        must(dash == "\u2014", "a checkpoint has a line that is no signature")
        blob = unbase64(encoded)
        if signer == name and blob[:4].hex() == key_id:
            verify_signature(public, blob[4:], text.encode(), folder)
            found = True
    must(found, "a checkpoint is not signed with key.txt")
    return text


def verify_signature(public, signature, text, folder):
    paths = [os.path.join(folder, name) for name in ("key.der", "key.pem", "signature.bin", "text.bin")]
    for path, data in ((paths[0], public), (paths[2], signature), (paths[3], text)):
        with open(path, "wb") as file:
            file.write(data)
    subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", paths[0], "-out", paths[1]], check=True, capture_output=True)
    done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", paths[1], "-signature", paths[2], paths[3]], capture_output=True)
    must(done.returncode == 0, "a signature is not valid")


def read_checkpoint(note, key, folder):
    lines = signed_text(note, key, folder).split("\n")
    return lines[0], int(lines[1]), unbase64(lines[2])


def check_opened(opened, body, number):
    """Each decrypted part is the one that the entry's body commits to."""
    must(opened, "entry %d opens nothing" % number)
    parts, before = body["sealed"]["parts"], -1
    for one in opened:
        must(set(one) == {"part", "salt", "text"} and type(one["part"]) is int and before < one["part"] < len(parts), "entry %d opens a part that it does not have" % number)
        before, part = one["part"], parts[one["part"]]
        must(len(one["salt"]) == 64 and all(digit in "0123456789abcdef" for digit in one["salt"]), "entry %d has a salt that is none" % number)
        must(hmac.new(bytes.fromhex(one["salt"]), one["text"].encode(), "sha256").digest() == unbase64(part["commit"]), "entry %d opens what it does not commit to" % number)
        must([name for name, _ in json.loads(one["text"], object_pairs_hook=list)] == part["of"], "entry %d opens other members than it names" % number)


FILES = [
    "entries.jsonl", "proof.json", "checkpoint.txt", "earlier-checkpoints.jsonl", "key.txt", "oscal/assessment-plan.json",
    "oscal/assessment-results.json", "oscal/component-definition.json", "oscal/poam.json", "report.html", "VERIFY.md", "manifest.json",
]


def check_layout(whole):
    """Step 1, second half: headers and directory say the same, and nothing stands between."""
    end = len(whole) - 93
    must(end > 0 and whole[end : end + 8] == b"PK\x05\x06\0\0\0\0", "the directory has no end")
    one, count, length, at, comment = struct.unpack("<HHIIH", whole[end + 8 : end + 22])
    must(one == count and comment == 71 and at + length == end, "the end of the directory does not fit")
    files_end, expected = at, 0
    for _ in range(count):
        listed = whole[at : at + 46]
        must(listed[:4] == b"PK\x01\x02" and listed[30:36] == bytes(6) and listed[38:42] in (bytes(4), b"\0\0\xa4\x81"), "a file in the directory does not fit")
        name_length, offset = struct.unpack("<H", listed[28:30])[0], struct.unpack("<I", listed[42:46])[0]
        name = whole[at + 46 : at + 46 + name_length]
        header = whole[offset : offset + 30]
        must(offset == expected and header[:4] == b"PK\x03\x04" and header[4:28] == listed[6:30], "a header differs from the directory")
        must(header[28:30] == bytes(2) and whole[offset + 30 : offset + 30 + name_length] == name, "a header names something else")
        flags, method, crc, packed, size = struct.unpack("<HH4xIII", header[6:26])
        must(flags & ~0x0806 == 0 and method in (0, 8), "a file is packed in another way")
        expected = offset + 30 + name_length + packed
        data = whole[expected - packed : expected]
        if method == 8:
            inflate = zlib.decompressobj(-15)
            data = inflate.decompress(data, size + 1)
            must(inflate.eof and not inflate.unused_data, "something stands behind a file")
        must(len(data) == size and zlib.crc32(data) == crc, "a file does not have its size or checksum")
        at += 46 + name_length
    must(at == end and expected == files_end, "something stands between")


class Tree:
    def __init__(self):
        self.n, self.stack = 0, []

    def push(self, size, value):
        must(len(value) == 32 and size & (size - 1) == 0 and self.n % size == 0, "a hash stands where it cannot")
        self.n += size
        while self.stack and self.stack[-1][0] == size:
            value = sha256(b"\x01" + self.stack.pop()[1] + value)
            size *= 2
        self.stack.append((size, value))

    def root(self):
        value = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            value = sha256(b"\x01" + left + value)
        return value


def check(path, trusted, folder):
    # Step 1
    with open(path, "rb") as file:
        whole = file.read()
    must(whole[-71:-64] == b"sha256:" and whole[-64:] == hashlib.sha256(whole[:-71]).hexdigest().encode(), "the file was changed or cut")
    check_layout(whole)
    # Step 2
    bundle = zipfile.ZipFile(path)
    manifest_bytes = bundle.read("manifest.json")
    manifest = json.loads(manifest_bytes)
    must(manifest["format"] == "devops-ai-bot/evidence-bundle", "not an evidence bundle")
    must(manifest["version"] == 1, "a version that is not described")
    must(bundle.namelist() == [file["name"] for file in manifest["files"]] + ["manifest.json"], "files are missing, too many or out of order")
    names = bundle.namelist()
    must(names == [name for name in FILES if name in names or name != "oscal/poam.json"], "a file is missing or not one of a bundle")
    for file in manifest["files"]:
        data = bundle.read(file["name"])
        must(len(data) == file["size"] and sha256(data).hex() == file["sha256"], file["name"] + " was changed")
    # Step 3
    key = read_key(bundle.read("key.txt").decode())
    if trusted:
        with open(trusted, encoding="utf-8") as file:
            must(read_key(file.read())[2] == key[2], "another key than the trusted one")
    origin, size, root = read_checkpoint(bundle.read("checkpoint.txt").decode(), key, folder)
    must((origin, size, root.hex()) == (manifest["origin"], manifest["treeSize"], manifest["rootHash"]), "manifest and checkpoint differ")
    must(origin == key[0] and origin.endswith("/" + manifest["tenant"]), "the checkpoint is of another ledger")
    # Step 6 needs the earlier checkpoints while the tree grows.
    earlier = [json.loads(line) for line in bundle.read("earlier-checkpoints.jsonl").splitlines()]
    sizes = [one["size"] for one in earlier]
    must(sizes == sorted(set(sizes)) and all(manifest["first"] <= one <= manifest["last"] for one in sizes), "earlier checkpoints are out of order")
    waiting = {one["size"]: one["note"] for one in earlier}
    # Steps 4 and 5
    proof = json.loads(bundle.read("proof.json"))
    must((proof["first"], proof["last"], proof["treeSize"]) == (manifest["first"], manifest["last"], manifest["treeSize"]), "the proof is for other entries")
    tree, left = Tree(), [bytes.fromhex(one) for one in proof["left"]]
    powers = [1 << bit for bit in reversed(range((manifest["first"] - 1).bit_length())) if (manifest["first"] - 1) >> bit & 1]
    must(len(powers) == len(left), "the proof has too few or too many hashes")
    for power, value in zip(powers, left):
        tree.push(power, value)
    expected, redacted, opened = manifest["first"], 0, 0
    with bundle.open("entries.jsonl") as lines:
        for line in lines:
            entry = json.loads(line)
            must(entry["seq"] == expected, "entry %d is missing" % expected)
            leaf = bytes.fromhex(entry["leaf"])
            if entry.get("redacted"):
                must("body" not in entry and "opened" not in entry, "a redacted entry shows something")
                redacted += 1
            else:
                must(sha256(b"\x00" + entry["body"].encode()) == leaf, "entry %d was changed" % expected)
                body = json.loads(entry["body"])
                must((body["seq"], body["tenant"], body["v"]) == (expected, manifest["tenant"], 1), "entry %d is another one" % expected)
                must(("sealed" in entry) == (manifest["sealed"] and "sealed" in body), "entry %d has or lacks an encrypted part" % expected)
                must("sealed" not in entry or sha256(unbase64(entry["sealed"])) == unbase64(body["sealed"]["hash"]), "entry %d has another encrypted part" % expected)
                must("opened" not in entry or manifest["names"], "entry %d is opened, and the manifest says that none is" % expected)
                if "opened" in entry:
                    check_opened(entry["opened"], body, expected)
                    opened += len(entry["opened"])
            tree.push(1, leaf)
            expected += 1
            if tree.n in waiting:
                head = read_checkpoint(waiting.pop(tree.n), key, folder)
                must(head == (origin, tree.n, tree.root()), "the earlier checkpoint at %d does not fit" % tree.n)
    must(expected == manifest["last"] + 1 and tree.n == manifest["last"], "entries are missing at the end")
    must(redacted == manifest["redacted"] and not waiting, "the manifest is wrong")
    right = [bytes.fromhex(one) for one in proof["right"]]
    while tree.n < manifest["treeSize"]:
        power = 1
        while tree.n % (power * 2) == 0 and power * 2 <= manifest["treeSize"] - tree.n:
            power *= 2
        must(right, "the proof has too few hashes")
        tree.push(power, right.pop(0))
    must(not right, "the proof has too many hashes")
    must(tree.root().hex() == manifest["rootHash"], "the entries are not those that were signed")
    names = ", %d decrypted parts" % opened if manifest["names"] else ""
    return "intact: entries %d to %d of %s%s, signed with key %s" % (manifest["first"], manifest["last"], origin, names, key[1])


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(check(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None, folder))
            return 0
        except (Wrong, ValueError, KeyError, IndexError, TypeError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, subprocess.CalledProcessError) as problem:
            print("NOT INTACT: %s" % problem)
            return 1
        except Exception as problem:  # zlib.error and the like: damaged data
            print("NOT INTACT: %r" % problem)
            return 1


if __name__ == "__main__":
    sys.exit(main())
